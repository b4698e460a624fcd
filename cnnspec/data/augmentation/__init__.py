"""What augmentations do, on tensors, by the batch, with a draw for each image."""
