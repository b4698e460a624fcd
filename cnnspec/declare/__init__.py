"""What every declaration of arguments shares: their types, the registry of names, validation against nodes.

Its law: a mistake in an argument is one diagnostic, at the argument, in the words of its type.
"""
