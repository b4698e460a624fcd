"""What `data:` and `train:` may say: a class each, with its arguments, their words and an example.

Its law: a declaration says all there is to know of a setting before a file is opened or torch imported.
"""
