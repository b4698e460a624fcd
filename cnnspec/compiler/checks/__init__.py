"""Checks: each warns of, or refuses, something in a network that could be walked. One check, one file.

The folder that a check stands in says what it needs of a spec, and so what it is given:

    network/    any spec                              Context
    names/      `vars` or `blocks`                    Context
    training/   `train:` or `data:`, `train` right    TrainContext
    data/       `data:`, right                        DataContext
    budget/     `budget:`, right                      BudgetContext

A file is imported when a spec has what its folder needs. It holds:

- its docstring: a line on what is checked, then a page for each of its codes (`compiler/codes.py` reads them);
- a function under `@check()`, which takes the context and yields what it finds: `error(…)` or `warning(…)` with
  the code, the message, what it points at (a node, or a field as in `train.batch_size`) and a hint.

What several checks ask of the plan's edges is in `dataflow.py`, what they ask of the file's words in `name_uses.py`.

A check is pure. It sees the whole plan; what could not be inferred is None there, and it says nothing about it, or
asks with `@check("shapes")` to run only where all is known. It is right or silent: its page states the exceptions, and
no network that ships may have a warning.
"""
