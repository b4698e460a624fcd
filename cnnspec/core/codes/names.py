"""Names, and which value enters."""

from cnnspec.core.codes.code import Code

CODES = {
    "bad-name": Code(
        "This can't be a name",
        "Names become parts of parameter names: letters, digits, `-` and `_`, in Unicode's normal form (NFKC).",
        "- {relu, name: my relu}",
        "Choose another; dots come from the names around it.",
    ),
    "reserved-name": Code(
        "The name is taken by something else",
        "`input` is what entered, torch's Module keeps names like `train` and `type`, a variable can't be called like a top-level key, nor a block like a kind.",
        "- {relu, name: train}",
        "Choose another name.",
    ),
    "duplicate-name": Code(
        "Two equal names",
        "In one namespace a name stands for one value; an item without a name takes its position (0, 1, …) as one.",
        "- {relu, name: act}\n- {relu, name: act}",
        "Choose another name; in a repeat put its variable into it: `name: stage$i`.",
    ),
    "unknown-name": Code(
        "There is no such name",
        "A name is usable after its item, in its namespace and inside it; from outside it is a path, as in `backbone.conv1`; nothing in a block has a name outside.",
        "- {relu, name: stem}\n- {relu, from: stme}",
        "Correct the name; an item that `when` leaves out has none.",
    ),
    "later-name": Code(
        "The name comes later",
        "Values flow downwards: an item takes only what stands before it.",
        "- {relu, from: head}\n- {relu, name: head}",
        "Move the item down, or the named one up.",
    ),
    "no-input": Code(
        "Which input enters is not said",
        "With several inputs there is no previous value for the first item.",
        "cnnspec: 1\ninput: {image: [3, 8, 8], mask: [1, 8, 8]}\nlayers: [relu]",
        "Write `from: image` beside it, or begin with a merge of names.",
    ),
    "unused-variable": Code(
        "Nothing uses the variable",
        "To set it changes nothing: most often a number was written where the variable was meant.",
        "vars: {width: 16}\nlayers: [conv: {out_channels: 16, kernel_size: 3}]",
        "Write `$width` where it belongs, or take it out.",
    ),
    "unused-block": Code(
        "Nothing uses the block",
        "It is checked, but it is no part of the network.",
        "blocks: {unit: {layers: [conv: {out_channels: 8, kernel_size: 3}, relu]}}\nlayers: [relu]",
        "Write it as an item, as in `- unit`, or take it out.",
    ),
    "unused-argument": Code(
        "The block never uses its argument",
        "Whoever calls the block sets it, and nothing changes.",
        "blocks: {unit: {args: {stride: 1}, layers: [relu]}}\nlayers: [unit: {stride: 2}]",
        "Write `$stride` where it belongs, or take it out; an input is used by its name.",
    ),
    "outer-channels": Code(
        "$in_channels is not what comes into the item",
        "In a block `$in_channels` is what enters the block, outside of blocks what enters the spec; an item in between gets another number.",
        "cnnspec: 1\ninput: [3, 8, 8]\nlayers: [conv: {out_channels: 8, kernel_size: 3}, conv: {out_channels: 2 * $in_channels, kernel_size: 3}]",
        "Make a block of these layers, or write the number.",
    ),
}
