"""Before any test imports torch: its threads wait briefly, as in `cnnspec train`."""

import pytest

from cnnspec.cli.main import main
from cnnspec.runner.openmp import limit_spinning

limit_spinning()


@pytest.fixture
def run(monkeypatch, capsys):
    """Run a command as `main` does, in this process: exit code, stdout, stderr."""
    monkeypatch.setenv("COLUMNS", "80")

    def call(*args):
        with pytest.raises(SystemExit) as stop:
            main([str(arg) for arg in args])
        out = capsys.readouterr()
        return stop.value.code, out.out, out.err

    return call
