"""Data sets: their files read, checked, divided, augmented and given out in batches.

Its law: the same spec and seed give the same images in the same order, bit for bit, wherever they are kept and however
many threads decode them. What reads files (`formats`) knows NumPy and no torch.
"""
