"""What torch lacks, as real files: codegen prints them as text and imports none of them."""

HELPERS = {
    "LayerNormOver": "layer_norm_over",
    "Part": "part",
    "RMSNormOver": "rms_norm_over",
    "ResizeLike": "resize_like",
    "Slice": "slice",
    "StochasticDepth": "stochastic_depth",
}
"""Class -> the file beside this one that defines it; `helper:Class` is how a layer names it."""
