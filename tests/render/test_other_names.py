"""What others call a thing leads to it, with its page."""

from __future__ import annotations

import pytest

from cnnspec.render.explain import explain
from cnnspec.render.other_names import names_here, near_words


@pytest.mark.parametrize(
    ("word", "ours"),
    [
        ("Dense", "linear"),
        ("nn.Linear", "linear"),
        ("Conv2D", "conv"),
        ("torch.nn.Conv2d", "conv"),
        ("nn.Conv2d()", "conv"),
        ("BatchNormalization", "bn"),
        ("MaxPooling2D", "maxpool"),
        ("Dropout2d", "dropout_channels"),
        ("GlobalAveragePooling2D", "global_avgpool"),
        ("learning_rate", "lr"),
        ("Adam", "adam"),
        ("filters", "out_channels"),
        ("units", "out_features"),
        ("CrossEntropyLoss", "cross_entropy"),
        ("optimiser", "optimizer"),
        ("batchsize", "batch_size"),
        ("he_normal", "kaiming_normal"),
        ("glorot_uniform", "xavier_uniform"),
        ("RandomHorizontalFlip", "hflip"),
        ("skip connection", "residual"),
        ("top-1", "accuracy"),
        ("Receptive Field", "receptive-field"),
    ],
)
def test_a_word_of_another_library_shows_our_page(word, ours):
    assert f"\n{ours}: " in f"\n{explain(word)}"


@pytest.mark.parametrize(
    ("word", "line"),
    [
        ("Dense", "Dense is called linear here."),
        ("units", "units is called out_channels or out_features here."),
        ("learning_rate", "learning_rate is called learning-rate or lr here."),
        ("lecun_normal", "lecun_normal is called kaiming_normal here. Write {kaiming_normal: {nonlinearity: linear}}."),
    ],
)  # fmt: skip
def test_it_is_said_what_the_word_is_called_here(word, line):
    assert line == " ".join(explain(word).split("\n\n")[0].split())


@pytest.mark.parametrize("word", ["CONV", "Receptive_Field", "SGD", "Weight_Decay"])
def test_a_word_that_differs_in_case_and_separators_alone_is_not_renamed(word):
    assert " is called " not in explain(word)
    assert explain(word)


def test_a_word_that_has_meant_everything_leads_nowhere():
    assert [] == names_here("n", [])
    assert "" == explain("zzz")


@pytest.mark.parametrize(
    ("word", "head"),
    [
        ("conv.padding", "padding: an argument of conv."),
        ("Conv2D.filters", "out_channels: an argument of conv."),
        ("sgd.momentum", "momentum: an argument of sgd."),
        ("SGD.learning_rate", "lr: an argument of sgd."),
        ("train.epochs", "epochs: an argument of train."),
        ("train.max_epochs", "epochs: an argument of train."),
        ("train.optimizer.adam.betas", "betas: an argument of adam."),
        ("kaiming_normal.mode", "mode: an argument of kaiming_normal."),
    ],
)
def test_an_argument_is_told_of_the_one_that_has_it(word, head):
    assert explain(word).startswith(head)


def test_an_argument_is_told_with_its_default_and_its_concept():
    told = " ".join(explain("conv.padding").split())
    assert "Default: 0." in told
    assert told.endswith("See also: conv, padding.")
    assert "It is required." in explain("conv.kernel_size")


@pytest.mark.parametrize("word", ["conv.colour", "conv.", "."])
def test_an_argument_that_is_none_is_not_explained(word):
    assert "" == explain(word)


def test_near_words_are_few_and_the_nearest_is_first():
    assert "stride" == near_words("strid", ["conv", "stride", "strides", "string"])[0]
    assert len(near_words("strid", ["stride", "strides", "stridden", "striding"])) <= 3
    assert [] == near_words("zzz", ["conv", "stride"])
