"""Torch's optimizers and learning rates, as the declarations in `settings` say."""
