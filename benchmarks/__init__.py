"""Measurements against the usual ways, interleaved in one run, as ratios: `make bench`."""

from cnnspec.runner.openmp import limit_spinning

limit_spinning()  # before anything here imports torch
