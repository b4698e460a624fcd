"""Checks of a network beside the data that it is to be trained on: what is known before a file is opened."""
