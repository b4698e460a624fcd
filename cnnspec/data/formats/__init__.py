"""Readers, a module for each form that data sets come in: `read(config, input_shape)` gives a checked Dataset.

Its law: what a file claims is checked before it is believed; a hostile file is a UserError that names it, and takes
neither memory nor code of its own.
"""
