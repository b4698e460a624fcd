"""The only door to torch: from printed source to a module."""
