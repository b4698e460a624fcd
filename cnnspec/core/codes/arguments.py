"""Arguments of layers, before an input is known."""

from cnnspec.core.codes.code import Code

CODES = {
    "unknown-argument": Code(
        "The kind has no such argument",
        "Arguments are torch's own names; an unknown one would be without effect.",
        "- conv: {filters: 8, kernel_size: 3}",
        "Correct the name; `cnnspec explain KIND` lists them all. `name`, `from` and so on stand beside the kind.",
    ),
    "missing-argument": Code(
        "An argument is missing",
        "It has no default: the layer can't be made without it.",
        "- conv: {out_channels: 8}",
        "Write it.",
    ),
    "no-main-argument": Code(
        "The kind takes no bare value",
        "`kind: value` sets the kind's main argument, and this kind has none.",
        "- conv: 3",
        "Name the argument: `conv: {out_channels: 8, kernel_size: 3}`.",
    ),
    "wrong-assertion": Code(
        "A size that was written is not the input's",
        "`in_channels`, `in_features`, `num_features`, `num_channels` and `normalized_shape` are inferred; written, they are checked.",
        "- conv: {in_channels: 1, out_channels: 8, kernel_size: 3}",
        "Correct it, or leave it out.",
    ),
    "wrong-expectation": Code(
        "The output is not the expected one",
        "`expect` asserts an item's output shape, and the layers give another.",
        "- {maxpool: 2, expect: [3, 15, 15]}",
        "Correct the shape, or the layers before it.",
    ),
    "same-with-stride": Code(
        "`padding: same` with a stride",
        "`same` keeps the size, which a stride does not; torch refuses both together.",
        "- conv: {out_channels: 8, kernel_size: 3, stride: 2, padding: same}",
        "Write the padding as a number: half the kernel, rounded down.",
    ),
    "bounds-swapped": Code(
        "The bounds are the wrong way round",
        "The lower bound is above the upper one, so that nothing lies between them.",
        "- hardtanh: {min_val: 1, max_val: -1}",
        "Swap them.",
    ),
    "zero-alpha": Code(
        "celu with alpha 0",
        "Its formula divides by alpha.",
        "- celu: 0",
        "Write relu, which is its limit.",
    ),
    "zero-norm": Code(
        "The norm with exponent 0",
        "lppool takes the norm_type-th root, and there is no 0th root.",
        "- lppool: {norm_type: 0, kernel_size: 2}",
        "Write norm_type: 2.",
    ),
    "half-written": Code(
        "Half of a pair",
        "`part` and `of` mean something together only: the how-manieth of how many parts.",
        "- slice: {part: 0}",
        "Write both: `slice: {part: 0, of: 2}`.",
    ),
    "either-or": Code(
        "One of two must be written",
        "Two arguments say the same in two ways: one of them must be there, and only one.",
        "- upsample: {size: 64, scale_factor: 2}",
        "Keep one of the two.",
    ),
    "align-corners-unused": Code(
        "align_corners without interpolation",
        "Only modes that interpolate have corners to align; torch refuses it for nearest and area.",
        "- upsample: {scale_factor: 2, align_corners: true}",
        "Leave it out, or write a mode like bilinear.",
    ),
    "wrong-mode": Code(
        "The mode does not suit",
        "linear is for signals, bilinear and bicubic are for images, trilinear is for volumes; antialias is for bilinear and bicubic.",
        "- upsample: {scale_factor: 2, mode: linear}",
        "Write the mode for the input's rank.",
    ),
    "value-unused": Code(
        "A value that nothing uses",
        "pad adds its value in constant mode only; the other modes take theirs from the input.",
        "- pad: {padding: 1, mode: reflect, value: 5}",
        "Leave value out, or write mode: constant.",
    ),
    "negative-padding": Code(
        "Cropping with mirrored padding",
        "A negative padding crops, which only constant mode can.",
        "- pad: {padding: -1, mode: reflect}",
        "Crop with mode: constant, or with slice.",
    ),
    "two-unknown-sizes": Code(
        "Two sizes are left open",
        "-1 stands for what is left; for two of them there is no telling.",
        "- flatten\n- unflatten: {axis: 0, unflattened_size: [-1, -1, 3]}",
        "Write a number for all but one.",
    ),
    "bad-init": Code(
        "An initialiser that does not suit",
        "Some initialisers need a matrix or a filter; a range needs a lower end below its upper one.",
        "- {bn, init: xavier_normal}",
        "For vectors use normal, uniform, constant, zeros or ones.",
    ),
}
