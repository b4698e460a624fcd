"""Specs on disk: files, and those that ship by name; a copy of one to start from."""
