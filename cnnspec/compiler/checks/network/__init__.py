"""Checks of any network: what is said of its layers and their shapes."""
