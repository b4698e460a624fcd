"""Before any test imports torch: its threads wait briefly, as in `cnnspec train`."""

from cnnspec.train.threads import wait_briefly

wait_briefly()
