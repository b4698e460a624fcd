"""Files, and the YAML in them."""

from cnnspec.core.codes.code import Code

CODES = {
    "file-not-found": Code(
        "There is no such file",
        "SPEC has a slash or ends in .yaml, so it is taken for a path, and nothing is there.",
        "# cnnspec validate specs/no_such_file.yaml",
        "Check the path; a spec that ships is named without .yaml.",
    ),
    "not-a-file": Code(
        "A directory stands where a spec belongs",
        "A directory holds specs, it is none.",
        "# cnnspec validate specs/",
        "Name the files in it: `cnnspec validate specs/*.yaml`.",
    ),
    "unreadable-file": Code(
        "The file can't be read",
        "The system refuses to open it, for lack of permission say.",
        "# cnnspec validate /proc/self/mem.yaml",
        "Do what the system's message asks for.",
    ),
    "unknown-spec": Code(
        "No spec of this name ships",
        "A SPEC without a slash or an ending is the name of a spec that comes with cnnspec, or a variant of one.",
        "# cnnspec validate no_such_spec",
        "`cnnspec list` tells the names; a file of your own ends in .yaml, or is written ./name.",
    ),
    "not-utf8": Code(
        "The file is not UTF-8",
        "A spec is UTF-8 text; other encodings can't be told apart reliably.",
        "# a byte like 0xE9, as Latin-1 has it",
        "Save the file as UTF-8.",
    ),
    "too-large": Code(
        "The text is too large",
        "At most 1 MB is read, so that no text exhausts the memory. A thousand layers take 50 kB.",
        "# more than 1,000,000 bytes",
        "Say what repeats once, with `repeat` or as a block.",
    ),
    "empty-spec": Code(
        "The spec is empty",
        "There is nothing in the file but blanks and comments.",
        "# no key, no value",
        "Write at least `cnnspec: 1`, `input: […]` and `layers: […]`.",
    ),
    "several-documents": Code(
        "A second document begins",
        "A file holds one spec; `---` or a directive begins another document.",
        "cnnspec: 1\ninput: [3, 32, 32]\nlayers: [relu]\n---\ncnnspec: 1",
        "Put the second spec into a file of its own; versions of one network are `variants`.",
    ),
    "yaml-syntax": Code(
        "This is no YAML",
        "The text has no structure from here on: a bracket or a quote is open, a colon or an indentation is out of place.",
        "- conv: {out_channels: 8, kernel_size: 3",
        "The hint says what to write; text with special characters goes in quotes.",
    ),
    "too-deep": Code(
        "Nested too deeply",
        "Lists and mappings nest at most 64 levels, in the text and as the spec unfolds.",
        "x-deep: [[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[["
        "]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]",
        "Make what is inside a block, and call it.",
    ),
    "too-many-nodes": Code(
        "Too many keys and values",
        "A text has at most 100,000 of them, aliases expanded: a few lines could otherwise stand for billions.",
        "x-a: &a [0, 0, 0, 0, 0, 0, 0, 0, 0, 0]\n"
        "x-b: &b [*a, *a, *a, *a, *a, *a, *a, *a, *a, *a]\n"
        "x-c: &c [*b, *b, *b, *b, *b, *b, *b, *b, *b, *b]\n"
        "x-d: &d [*c, *c, *c, *c, *c, *c, *c, *c, *c, *c]\n"
        "x-e: [*d, *d, *d, *d, *d, *d, *d, *d, *d, *d]",
        "Say what repeats once, with `repeat` or as a block.",
    ),
    "duplicate-key": Code(
        "A key is there twice",
        "A mapping has a key once; YAML readers disagree about which of two counts.",
        "- conv: {out_channels: 8, kernel_size: 3, out_channels: 16}",
        "Keep one of the two.",
    ),
    "complex-key": Code(
        "A key is no text",
        "Keys are texts; YAML also allows lists and mappings there, which mean nothing in a spec.",
        "x-notes: {[1, 2]: 3}",
        "Write `key: value`.",
    ),
    "merge-key": Code(
        "`<<` merges nothing",
        "YAML 1.2 has no merge key, and half of all readers would take it for a key like any other.",
        "x-same: &same {kernel_size: 3}\nlayers:\n- conv: {<<: *same, out_channels: 8}",
        "Put the shared value under `vars` and write `$name`, or make the layer a block.",
    ),
    "unknown-alias": Code(
        "An alias without an anchor",
        "`*name` stands for what `&name` marked before it, and nothing is marked so.",
        "- conv: {out_channels: *width, kernel_size: 3}",
        "A variable is `$name`; a text that begins with `*` goes in quotes.",
    ),
    "recursive-alias": Code(
        "An alias inside of itself",
        "What an anchor marks can't contain its own alias: it would have no end.",
        "x-loop: &loop [1, *loop]",
        "Write the part that repeats once, with `repeat` or as a block.",
    ),
    "tag-not-allowed": Code(
        "A tag",
        "YAML's `!tag` builds objects of a program; a spec is data.",
        "- dropout: !!float 0.5",
        "Take the tag out; a text is what stands in quotes.",
    ),
}
