"""What augmentations do, on tensors, by the batch.

Its law: the class that does an augmentation has the name of its declaration's, in the module of that name; what it
draws for an image depends on seed, epoch and the image's number alone.
"""
