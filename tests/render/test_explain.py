"""`cnnspec explain`: every word of the language is told, from its declaration."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from cnnspec.cli.main import cli
from cnnspec.compiler.codes import CODES
from cnnspec.expressions.functions import FUNCTIONS
from cnnspec.language.sections import ITEM_KEYS, TOP_LEVEL
from cnnspec.layers import KINDS, MERGES
from cnnspec.layers.initialisers import INITIALISERS
from cnnspec.render.concepts import CONCEPTS
from cnnspec.render.explain import all_words, explain
from cnnspec.settings.augmentations import AUGMENTATIONS
from cnnspec.settings.datasets import DATA
from cnnspec.settings.losses import LOSSES
from cnnspec.settings.optimizers import OPTIMIZERS
from cnnspec.settings.schedules import SCHEDULES
from cnnspec.settings.train import Train

TABLES = {
    "concepts": CONCEPTS,
    "kinds": KINDS,
    "top-level keys": TOP_LEVEL,
    "item keys": ITEM_KEYS,
    "initialisers": INITIALISERS,
    "data sets": DATA,
    "arguments of train": Train.model_fields,
    "optimizers": OPTIMIZERS,
    "schedules": SCHEDULES,
    "losses": LOSSES,
    "augmentations": AUGMENTATIONS,
    "functions": FUNCTIONS,
    "codes": CODES,
}
_WRITTEN_LIKE_ITEMS = (INITIALISERS, DATA, OPTIMIZERS, SCHEDULES, LOSSES, AUGMENTATIONS)
CHOICES = [(name, table[name]) for table in _WRITTEN_LIKE_ITEMS for name in table]
"""Pairs, for `constant` is both an initialiser and a schedule."""


def _run(*args):
    done = CliRunner(env={"COLUMNS": "80"}).invoke(cli, ["explain", *args])
    return done.exit_code, done.output


@pytest.mark.parametrize("words", TABLES.values(), ids=TABLES)
def test_every_word_of_every_table_is_explained_in_80_columns(words):
    texts = {word: explain(word) for word in words}
    assert [] == [word for word, text in texts.items() if not text.startswith(f"{word}: ")]
    verbatim = {*CODES, *CONCEPTS}
    long = [line for word, text in texts.items() if word not in verbatim for line in text.split("\n")]
    assert [] == [line for line in long if len(line) > 80]


@pytest.mark.parametrize("word", sorted({*TOP_LEVEL, *ITEM_KEYS}))
def test_a_key_is_told_in_the_words_of_its_declaration(word):
    meanings = [table[word] for table in (TOP_LEVEL, ITEM_KEYS) if word in table]
    told = " ".join(explain(word).split())
    assert [] == [meaning for meaning in meanings if meaning not in told]


@pytest.mark.parametrize(("word", "model"), CHOICES)
def test_what_is_written_like_an_item_is_told_with_all_its_arguments(word, model):
    told = " ".join(explain(word).split())
    wanted = [part for name, info in model.model_fields.items() for part in (f" {name} ", info.description)]
    assert [] == [part for part in wanted if part not in told]


@pytest.mark.parametrize(
    ("word", "line"),
    [
        ("concat", "  - concat: {of: [[…], []], axis: …}"),
        ("add", "  - add: [[…], []]"),
        ("repeat", "  - {conv: {…}, repeat: …}"),
        ("vars", "  vars: …"),
        ("constant", "  - {conv: {…}, init: {constant: <val>}}"),
        ("kaiming_normal", "  - {conv: {…}, init: kaiming_normal}"),
        ("eye", "  - {linear: {…}, init: eye}"),
        ("sparse", "  - {linear: {…}, init: {sparse: {sparsity: …}}}"),
        ("dirac", "For a parameter of 3 to 5 axes."),
        ("orthogonal", "For a parameter of at least 2 axes."),
        ("mnist", "  data: {mnist: {…}}"),
        ("digits", "Images of 1×8×8: 1,442 to train with, 355 to test with."),
        ("sgd", "  train: {optimizer: {sgd: {…}}}"),
        ("cosine", "  train: {schedule: cosine}"),
        ("cosine", "  train: {schedule: {cosine: <eta_min>}}"),
        ("exponential", "  train: {schedule: {exponential: {gamma: …}}}"),
        ("cross_entropy", "  train: {loss: cross_entropy}"),
        ("cutout", "  train: {augment: [{cutout: <size>}]}"),
        ("hflip", "  train: {augment: [hflip]}"),
        ("train", "  optimizer = adamw"),
        ("round_to", "  round_to(value, divisor)"),
    ],
)
def test_an_explanation_shows_how_it_is_written(word, line):
    assert line in explain(word).split("\n")


@pytest.mark.parametrize("word", ["step", "colour"])
def test_a_name_that_needs_one_argument_of_several_is_not_shown_alone(word):
    assert f"{word}}}" not in explain(word)
    assert f"[{word}]" not in explain(word)
    assert f"{{{word}: {{…}}}}" in explain(word)


def test_a_word_with_two_meanings_is_told_with_both():
    heads = [line for line in explain("name").split("\n") if line.startswith("name: a key")]
    assert 2 == len(heads)


def test_what_may_stand_after_a_key_is_listed():
    assert [] == [name for name in INITIALISERS if f"\n  {name} " not in explain("init")]
    assert [] == [name for name in DATA if f"\n  {name} " not in explain("data")]
    tables = {"optimizer": OPTIMIZERS, "schedule": SCHEDULES, "loss": LOSSES, "augment": AUGMENTATIONS}
    for argument, table in tables.items():
        assert [] == [name for name in table if f"\n  {name} " not in explain(argument)]


def test_an_argument_is_told_with_the_kinds_that_take_it():
    told = " ".join(explain("ceil_mode").split())
    assert told.startswith("ceil_mode: an argument of maxpool, ")
    assert "stride: an argument of conv, " in explain("stride")


def test_an_argument_of_an_optimizer_is_told():
    assert "momentum: an argument of bn" in explain("momentum")
    assert "an argument of sgd" in explain("momentum")


@pytest.mark.parametrize("merge", MERGES)
def test_a_merge_is_shown_with_branches(merge):
    assert f"  - {merge}: [[…], []]" in explain(merge).split("\n")


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("repeats", "repeat"),
        ("var", "vars"),
        ("minst", "mnist"),
        ("kaiming_norm", "kaiming_normal"),
        ("label_smooth", "label_smoothing"),
        ("wrong-asertion", "wrong-assertion"),
        ("receptive feild", "receptive-field"),
        ("overfiting", "overfitting"),
        ("conv.paddin", "conv.padding"),
    ],
)
def test_an_unknown_word_suggests_the_nearest_of_all(word, meant):
    code, out = _run(word)
    assert 2 == code
    assert f"Did you mean {meant}" in out


def test_a_word_that_resembles_none_leads_to_the_list():
    code, out = _run("zzzzzz")
    assert 2 == code
    assert "`cnnspec explain` lists the words." in out


def test_without_a_word_the_kinds_are_listed_then_the_concepts_and_the_other_words():
    code, out = _run()
    kinds, concepts, rest = out.split("\n\n", 2)
    assert 0 == code
    assert [*KINDS] == [line.split()[0] for line in kinds.split("\n")]
    assert ["Concepts:", *CONCEPTS] == [line.split()[0] for line in concepts.split("\n")]
    listed = " ".join(rest.split())
    assert [] == [
        f"{word}"
        for name, table in TABLES.items()
        if name not in {"kinds", "concepts"}
        for word in table
        if word not in listed
    ]
    assert f"Codes: {len(CODES)}" in listed


def test_all_words_are_those_of_the_tables_and_the_arguments():
    words = set(all_words())
    assert set() == {word for table in TABLES.values() for word in table} - words
    assert {"kernel_size", "lr", "root", "std", "label_smoothing"} <= words
