"""A layer meets its input, and can't take it."""

from cnnspec.core.codes.code import Code

CODES = {
    "kernel-too-large": Code(
        "The kernel does not fit",
        "A window that is larger than its padded input fits nowhere, so that nothing would come out.",
        "- conv: {out_channels: 8, kernel_size: 33}",
        "Write a smaller kernel or a larger padding, or shrink less before.",
    ),
    "padding-too-large": Code(
        "More padding than there can be",
        "A pool's padding is at most half its kernel; mirrored and wrapped padding comes out of the input, which must hold it.",
        "- maxpool: {kernel_size: 2, padding: 2}",
        "Pad less; before a pool, `pad` adds any amount.",
    ),
    "output-padding-too-large": Code(
        "output_padding is too large",
        "It tells apart the sizes that one stride leads to, so it is smaller than stride or dilation.",
        "- conv_transpose: {out_channels: 8, kernel_size: 2, stride: 2, output_padding: 2}",
        "Write at most stride − 1.",
    ),
    "empty-output": Code(
        "Nothing is left",
        "The output would have a size below 1.",
        "- slice: {start: 2, stop: 2}",
        "Crop or pad less.",
    ),
    "output-too-large": Code(
        "More than torch can hold",
        "Sizes, and what they multiply to, stay below 2⁶³: no tensor is larger.",
        "- upsample: 1e300",
        "Write a smaller factor or size.",
    ),
    "wrong-rank": Code(
        "The wrong number of axes",
        "Layers that slide take 1 to 3 spatial axes, and a list has a value for each; after flatten there is none.",
        "- conv: {out_channels: 8, kernel_size: [3, 3, 3]}",
        "Write one number for all axes, or the layer where the axes are still there.",
    ),
    "not-for-this-rank": Code(
        "torch has it for other ranks only",
        "Some arguments are missing from some of torch's modules: AvgPool1d has no divisor_override.",
        "cnnspec: 1\ninput: [3, 32]\nlayers: [avgpool: {kernel_size: 2, divisor_override: 3}]",
        "Leave it out.",
    ),
    "channels-not-last": Code(
        "linear needs the channels last",
        "A linear layer works on the last axis, and the channels of an image are the first: it would take pixels for channels.",
        "- linear: 10",
        "Write flatten before it, or a conv with kernel_size: 1.",
    ),
    "channel-axis": Code(
        "The channels are on another axis",
        "`permute` moved them; the layer would take another axis for the channels.",
        "- permute: [1, 2, 0]\n- bn",
        "Permute back before it; the hint says how.",
    ),
    "axis-out-of-range": Code(
        "There is no such axis",
        "Axes are counted from 0, the batch not counted; negative ones from the end.",
        "- softmax: 3",
        "Write one of those that the input has.",
    ),
    "axis-twice": Code(
        "An axis is named twice",
        "A list of axes names each once; −1 is the last of them, too.",
        "- layernorm: {axis: [2, -1]}",
        "Name each once.",
    ),
    "axes-swapped": Code(
        "The first axis comes after the last",
        "flatten joins the axes from start_axis to end_axis, and between these there is none.",
        "- flatten: {start_axis: 2, end_axis: 1}",
        "Swap them.",
    ),
    "indivisible-groups": Code(
        "The channels do not split into groups",
        "Every group has as many channels as the others.",
        "- conv: {out_channels: 8, kernel_size: 3, groups: 4}",
        "Write a divisor of both numbers of channels.",
    ),
    "indivisible": Code(
        "A size that does not divide",
        "The layer cuts an axis into equal parts, or shapes one into several, and something is left over.",
        "- glu",
        "Give the layer before it a multiple, or write another number of parts.",
    ),
    "slice-out-of-range": Code(
        "A slice beyond the end",
        "start and stop lie within the axis, and a part's number is below the number of parts: torch would silently give less.",
        "- slice: {start: 0, stop: 5}",
        "Write numbers that are there.",
    ),
    "shape-mismatch": Code(
        "The branches do not fit together",
        "add and multiply pair equal sizes, or a size with 1; concat lays branches end to end whose other sizes agree.",
        "- add: [[], [conv: {out_channels: 8, kernel_size: 1}]]",
        "Change the branch that the message names; the hint says to what.",
    ),
    "wrong-number-of-slopes": Code(
        "As many slopes as channels",
        "prelu learns one slope for all channels, or one for each.",
        "- prelu: 4",
        "Write the number of channels, or 1.",
    ),
    "nothing-to-normalise": Code(
        "One position can't be normalised",
        "instancenorm takes each channel's mean away; of a single position nothing is left.",
        "- global_avgpool\n- instancenorm",
        "Write bn or groupnorm, or leave it out.",
    ),
    "nothing-to-do": Code(
        "A pool that does nothing",
        "An adaptive pool with the size of its input passes it through, and torch has none for that.",
        "cnnspec: 1\ninput: [3, 32]\nlayers: [adaptive_avgpool: [null]]",
        "Leave the layer out.",
    ),
}
