"""What torch lacks, as real files: codegen prints their classes as text and imports none of them."""

HELPERS = {
    "LayerNormOver": "norms_over_axes",
    "OverAxes": "norms_over_axes",
    "Part": "part",
    "RMSNormOver": "norms_over_axes",
    "ResizeLike": "resize_like",
    "Slice": "slice",
    "StochasticDepth": "stochastic_depth",
}
"""Class -> the file beside this one that defines it; `helper:Class` is how a layer names it."""
