"""Measurements against the usual ways, interleaved in one run, as ratios: `make bench`."""
