"""data: and train: what they refuse. Optimizers, schedules and losses have tests of their own."""

import pytest
from pydantic import ValidationError

from cnnspec.compiler.check import check_text
from cnnspec.declare.arguments import OneOf, one_of
from cnnspec.settings.augmentations import AUGMENTATIONS
from cnnspec.settings.datasets import DATA
from cnnspec.settings.datasets.published import Mnist
from cnnspec.settings.losses import LOSSES
from cnnspec.settings.optimizers import OPTIMIZERS
from cnnspec.settings.schedules import SCHEDULES
from cnnspec.settings.train import Train

TABLES = {**DATA, **OPTIMIZERS, **SCHEDULES, **LOSSES, **AUGMENTATIONS, "train": Train}


@pytest.mark.parametrize("name", TABLES)
def test_every_argument_is_described(name):
    assert [key for key, field in TABLES[name].model_fields.items() if not field.description] == []


REFUSED = [
    (Train, {"epochs": 0}),
    (Train, {"epochs": True}),
    (Train, {"epochs": 2.5}),
    (Train, {"batch_size": -1}),
    (Train, {"validation": 1}),
    (Train, {"validation": -0.1}),
    (Train, {"seed": -1}),
    (Train, {"seed": 2**63}),
    (Train, {"device": "gpu"}),
    (Train, {"device": "cuda:"}),
    (Train, {"device": "cpu\n"}),
    (Train, {"unknown": 1}),
    (Mnist, {"root": ""}),
    (Mnist, {"download": 1}),
]


@pytest.mark.parametrize(("config", "arguments"), REFUSED)
def test_a_value_out_of_its_bounds_is_refused(config, arguments):
    with pytest.raises(ValidationError):
        config.model_validate(arguments)


@pytest.mark.parametrize("device", ["auto", "cpu", "mps", "cuda", "cuda:0", "cuda:11"])
def test_a_device_has_torchs_name(device):
    assert device == Train(device=device).device


def test_a_field_that_is_written_like_an_item_says_what_may_be_written():
    assert OneOf("optimizer", OPTIMIZERS) in Train.model_fields["optimizer"].metadata
    assert OneOf("schedule", SCHEDULES) in Train.model_fields["schedule"].metadata
    assert OneOf("loss", LOSSES) in Train.model_fields["loss"].metadata
    assert OneOf("augment", AUGMENTATIONS, many=True) in Train.model_fields["augment"].metadata


def test_a_field_that_is_no_choice_has_no_table():
    assert one_of(Train.model_fields["epochs"]) is None


@pytest.mark.parametrize(("name", "written"), [("optimizer", "x"), ("augment", "[x]")])
def test_a_choice_is_written_alone_and_one_of_many_in_a_list(name, written):
    assert written == one_of(Train.model_fields[name]).form("x")


SPEC = """
cnnspec: 1
input: [1, 8, 8]
vars: {turn: {rotate: 15}, flips: [hflip, vflip], size: 2}
layers: [flatten, linear: 10]
data: digits
train: {augment: %s}
"""


def checked(augment):
    return check_text(SPEC % augment, "spec.yaml")


@pytest.mark.parametrize(
    ("augment", "names"),
    [
        ("[]", []),
        ("null", []),
        ("[hflip]", ["hflip"]),
        ("[random_crop: 1, {hflip: {p: 0.3}}]", ["random_crop", "hflip"]),
        ("$flips", ["hflip", "vflip"]),
        ("[$turn, {cutout: $size}]", ["rotate", "cutout"]),
    ],
)
def test_a_list_of_choices_is_read_in_its_order(augment, names):
    result = checked(augment)
    used = {"$turn", "$flips", "$size"} - {
        part.strip("[]{} ") for part in augment.replace(":", ",").split(",")
    }
    assert len(used) == len(result.diagnostics)
    assert names == [AUGMENTATIONS.name_of(type(one)) for one in result.train.augment]


@pytest.mark.parametrize(
    ("augment", "code", "message", "hint"),
    [
        ("hflip", "bad-choice", "augment is hflip, it must be a list", "Write `augment: [hflip]`."),
        ("{rotate: 15}", "bad-choice", "it must be a list", "Write `augment: [{rotate: 15}]`."),
        (
            "{rotate: 15, hflip: {p: 0.3}}",
            "bad-choice",
            "it must be a list",
            "Write `augment: [{rotate: …}, {hflip: …}]`.",
        ),
        ("$turn", "bad-choice", "augment is {rotate: 15}", "Write `augment: [{rotate: 15}]`."),
        ("[flip]", "unknown-choice", "augment is flip", "Did you mean"),
        ("[[hflip]]", "unknown-choice", "augment is [hflip]", "There are random_crop"),
        ("[null]", "unknown-choice", "augment is null", "There are random_crop"),
        ("[{}]", "bad-choice", "augment is {}", "Write `{random_crop: {…}}`."),
        ("[{rotate: 15, hflip: null}]", "bad-choice", "it must be one of", "Keep one of rotate, hflip."),
        ("[{rotate: 15, p: 0.5}]", "bad-choice", "it must be one of", "Write `{rotate: {…}}`."),
        ("[rotate: 15, p: 0.5]", "unknown-choice", "augment is p", ""),
        ("[{hflip: {p: 2}}]", "bad-value", "p", ""),
        ("$none", "unknown-variable", "none", ""),
        ("[$none]", "unknown-variable", "none", ""),
        ("[{$none: 1}]", "unknown-variable", "none", ""),
        ("[{rotate: $none}]", "unknown-variable", "none", ""),
        ("[{hflip: {p: $none}}]", "unknown-variable", "none", ""),
        ("[{cutout: [2, $none]}]", "unknown-variable", "none", ""),
    ],
)
def test_what_is_wrong_in_a_list_of_choices_is_told_once_at_its_place(augment, code, message, hint):
    (found,) = (one for one in checked(augment).diagnostics if one.severity == "error")
    assert (code, 7) == (found.code, found.place.line)
    assert message in found.message
    assert hint in (found.hint or "")


def test_each_wrong_choice_of_a_list_is_told():
    codes = [
        one.code for one in checked("[flip, {rotate: 200}, hflip]").diagnostics if one.severity == "error"
    ]
    assert ["unknown-choice", "bad-value"] == codes


WRITTEN_SHORT = """\
cnnspec: 1
input: [3, 8, 8]
layers: [flatten, linear: 2]
data: {image_folder: pets}
train:
  augment: [random_crop, {rotate: 10}]
  optimizer: adamw
"""


@pytest.mark.parametrize(
    ("setting", "found"),
    [
        (
            "data.image_folder.on_bad=skip",
            lambda result: (result.data.root, result.data.on_bad) == ("pets", "skip"),
        ),
        ("train.augment.0.random_crop.padding=2", lambda result: result.train.augment[0].padding == 2),
        (
            "train.augment.1.rotate.p=0.5",
            lambda result: (result.train.augment[1].degrees, result.train.augment[1].p) == (10, 0.5),
        ),
        ("train.optimizer.adamw.lr=0.05", lambda result: result.train.optimizer.lr == 0.05),
    ],
)
def test_an_argument_beside_what_is_written_short_can_be_set(setting, found):
    result = check_text(WRITTEN_SHORT, "net.yaml", settings=[setting])
    assert result.diagnostics == ()
    assert found(result)


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ("train.epochs.x=1", "3 stands there, which has no x"),
        ("train.speed.x=1", "fast stands there, which has no x"),
        ("layers.1.linear.bias=false", "2 stands there, which has no bias"),
        ("train.loss.mse.x.y=1", "7 stands there, which has no y"),
    ],
)
def test_what_takes_no_arguments_has_none_to_set(setting, message):
    text = WRITTEN_SHORT + "  epochs: 3\n  speed: fast\n  loss: {mse: {x: 7}}\n"
    assert message in [
        d.message.split(": ", 1)[-1] for d in check_text(text, "net.yaml", settings=[setting]).diagnostics
    ]


@pytest.mark.parametrize("path", ["train.epochs", "train.optimizer", "input"])
def test_a_setting_of_nothing_is_told_at_the_setting(path):
    (found,) = check_text(WRITTEN_SHORT, "net.yaml", settings=[f"{path}="]).diagnostics
    assert found.place.source.name.startswith(f"--set {path}")
