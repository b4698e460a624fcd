"""The first step waits for torch's import, and for no more of torch than it needs."""

import subprocess
import sys

SLOW = ("torch._dynamo", "torch._inductor", "sympy", "torchvision", "pandas", "sklearn")


SETTINGS = ("train.ema=0.9", "train.schedule=one_cycle", "train.precision=auto", "train.limit_steps=2")


def test_a_training_imports_neither_dynamo_nor_what_it_drags_along(tmp_path):
    options = [part for setting in SETTINGS for part in ("--set", setting)]
    code = (
        "import sys\n"
        "from cnnspec.cli.main import main\n"
        "try:\n    main(sys.argv[1:])\n"
        "except SystemExit as stop:\n    assert stop.code == 0\n"
        f"print([name for name in {SLOW} if name in sys.modules])\n"
    )
    arguments = ["train", "digits", "--out", str(tmp_path), *options]
    found = subprocess.run(
        [sys.executable, "-c", code, *arguments], capture_output=True, text=True, check=True
    )
    assert found.stdout.splitlines()[-1] == "[]"
