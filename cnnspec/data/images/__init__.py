"""Image files: found in folders, decoded by Pillow, brought to one mode and size.

Its law: the same file gives the same bytes in every thread; whatever is wrong with a file is a UserError that names it.
"""
