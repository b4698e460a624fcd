"""Checks of specs that have variables or blocks: what nothing uses.

What counts is the text of the file, not what a variant or a `when` makes of it.
"""
