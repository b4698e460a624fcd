"""What all rooms share: shapes and sizes, diagnostics, a layer in torch as data. Standard library only."""
