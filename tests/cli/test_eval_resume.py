"""What commands that take a run folder share: where they run, and how a test is told."""

import pytest
from click.testing import CliRunner

from cnnspec.cli.main import cli
from cnnspec.cli.output import test_result as told
from cnnspec.runner.training_events import Score


@pytest.mark.parametrize("name", ["eval", "predict"])
def test_the_device_is_the_one_that_the_run_folders_spec_says(name):
    shown = " ".join(CliRunner().invoke(cli, [name, "--help"]).output.split())
    assert "default: what the spec in the run folder says." in shown


def test_a_test_is_told_with_its_counts():
    assert "test accuracy 97.50 % (1,950 of 2,000), loss 0.1235" == told(Score(0.12345, 1950, 2000))
