"""Checks of networks that are to be trained: what is known without the data."""
