"""Variables and expressions."""

from cnnspec.core.codes.code import Code

CODES = {
    "unknown-variable": Code(
        "There is no such variable",
        "An expression sees `vars`, a block's arguments, `$in_channels` and the variables of the repeats around it; a variant sets only what `vars` declares.",
        "vars: {width: 64}\nlayers:\n- conv: {out_channels: $widht, kernel_size: 3}",
        "Correct the name, or declare it under `vars`.",
    ),
    "cyclic-variables": Code(
        "A variable needs its own value",
        "Variables may use each other in any order, but none can be computed when they go round in a circle.",
        "vars: {a: $b + 1, b: $a - 1}",
        "Write one of them as a plain value.",
    ),
    "expression-syntax": Code(
        "This is no expression",
        "A scalar that holds `$name` is an expression, all of it: numbers, quoted texts, variables, operators, calls.",
        "vars: {width: 64}\nlayers:\n- conv: {out_channels: $width ** 2, kernel_size: 3}",
        "The hint says what to write instead; a dollar sign in a plain text is `$$`.",
    ),
    "bare-word": Code(
        "A word is neither a variable nor a text",
        "In an expression a variable has a dollar sign and a text has quotes, so that neither is taken for the other.",
        "vars: {act: relu}\nlayers:\n- {dropout: 0.5, when: $act == relu}",
        "Write `$word` or `'word'`.",
    ),
    "wrong-operand": Code(
        "A value of the wrong type",
        "Only numbers are computed with and ordered; true and false are no numbers, and texts are not joined.",
        "vars: {norm: true}\nlayers:\n- conv: {out_channels: $norm * 8, kernel_size: 3}",
        "Choose instead: `8 if $norm else 4`.",
    ),
    "division-by-zero": Code(
        "Division by zero",
        "`/`, `//`, `%` and `round_to` have no result where the divisor is 0.",
        "vars: {groups: 0}\nlayers:\n- conv: {out_channels: 64 // $groups, kernel_size: 3}",
        "Let the divisor be no zero, or choose: `$a // $b if $b else 1`.",
    ),
    "number-too-large": Code(
        "A number too large to compute with",
        "Whole numbers stay below 2⁶³ in size, others below 1.8e308: torch can hold no more.",
        "- linear: 99999999999999999999",
        "Write a smaller number; in quotes it is a text.",
    ),
    "bad-index": Code(
        "An index that is not there",
        "Elements of a list are counted from 0 to its length less one, never from the end; a mapping has the keys that it has.",
        "vars: {depths: [3, 4]}\nlayers:\n- {relu, repeat: $depths.2}",
        "Write an index that is there; `len($list)` is the length.",
    ),
    "unknown-function": Code(
        "There is no such function",
        "An expression may call `min max abs int floor ceil round len sum round_to` and nothing else.",
        "vars: {width: 64}\nlayers:\n- conv: {out_channels: sqrt($width), kernel_size: 3}",
        "Write one of these, or compute the number and put it under `vars`.",
    ),
    "unbalanced-parenthesis": Code(
        "A parenthesis without its other half",
        "Inside {…} YAML splits at every comma, so that a call with two arguments falls apart there.",
        "vars: {width: 64}\nlayers:\n- conv: {out_channels: max($width, 8), kernel_size: 3}",
        "Put the expression in quotes: `{out_channels: 'max($width, 8)'}`.",
    ),
    "too-long": Code(
        "An expression, a text or a list that is too long",
        "Texts have at most 1,000 characters, lists 10,000 elements, parentheses 64 levels: a spec can't make the checker work for hours.",
        "vars: {a: 1}\nlayers:\n- dropout: " + "(" * 70 + "$a" + ")" * 70,
        "Compute parts of it in `vars`.",
    ),
    "bad-repeat": Code(
        "`repeat` is no number of rounds",
        "It takes a whole number of at least 0, or one variable with a number or a list of elements.",
        "- {relu, repeat: twice}",
        "Write `repeat: 3`, `repeat: {stage: 4}` or `repeat: {row: $table}`.",
    ),
    "too-many-items": Code(
        "The spec unfolds too far",
        "Repeats and blocks unfold to at most 100,000 items.",
        "- {relu, repeat: 200000}",
        "Repeat less often.",
    ),
    "recursive-block": Code(
        "A block uses itself",
        "A block is written out where it is called; one that calls itself would have no end.",
        "blocks:\n  unit: {layers: [relu, unit]}",
        "For rounds in a row use `repeat`.",
    ),
    "dropped-branch": Code(
        "`when` drops a branch that has layers",
        "A merge of one branch is that branch, unless layers are dropped: then it is not clear what was meant.",
        "vars: {deep: false}\nlayers:\n- add: [[relu], {conv: {out_channels: 3, kernel_size: 1}, when: $deep}]",
        "Put the condition on the item inside the branch's list, which then passes the value through.",
    ),
    "unknown-variant": Code(
        "There is no such variant",
        "`SPEC@name` picks one of the spec's `variants`.",
        "# variant: huge\nvars: {width: 64}\nvariants:\n  tiny: {width: 16}",
        "Write one that is there, or leave @… out.",
    ),
    "bad-setting": Code(
        "`--set` can't set this",
        "A path starts at a variable or at a top-level key, and goes by keys and positions through what is written.",
        "# set: widht=16\nvars: {width: 64}",
        "Correct the path: `--set width=16`, `--set train.epochs=1`.",
    ),
}
