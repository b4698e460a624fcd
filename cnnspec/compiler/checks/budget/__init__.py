"""Checks of a network that has limits to keep."""
