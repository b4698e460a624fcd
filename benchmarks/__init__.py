"""Measurements against the usual ways, interleaved in one run, as ratios: `make bench`."""

from cnnspec.runner.threads import wait_briefly

wait_briefly()  # before anything here imports torch
