"""Expressions in a spec, `$width * 2`: a small language of its own; nothing that a spec says runs as Python.

Two rules, for two kinds of text. A value (`evaluate`): without a `$` it is the text it is; where every `$` is
half of a `$$` it is a text with dollar signs (`a $$ b` is "a $ b"); with any other `$` all of it is an
expression, in which `$$` stands only in quotes (`$$x + $y` is an error). A name (`fill`): `$name` and
`$(expression)` are filled in, `$$` is a dollar sign, the rest is kept.

Operators bind and compute as in Python, comparisons are chained as there, with these differences: a result
without a fraction is an int; true and false are no numbers; a condition is true, false, null or a number;
`and` and `or` give true or false; only numbers have an order.

This room knows nothing of specs. A text without a `$` needs nothing of it.
"""
