"""Image files in folders: what is found, how it is divided, and each way to be wrong."""

import os
import shutil
from collections import Counter
from pathlib import Path

import pytest

from cnnspec.core.errors import UserError
from cnnspec.data.dataset import ImageFiles
from cnnspec.data.read import read_dataset
from cnnspec.settings.datasets.own import ImageFolder
from tests.data.formats.image_paths import failure, listed, picture, pictures
from tests.data.same import same, same_split

INPUT = (3, 8, 8)


def read_folder(root, **arguments):
    return read_dataset(ImageFolder(root=str(root), **arguments), INPUT)


@pytest.fixture
def flat(tmp_path):
    """Three classes: of ten, five and one image."""
    for name, count in (("cat", 10), ("ant", 5), ("Bee", 1)):
        pictures(tmp_path / name, count)
    return tmp_path


@pytest.fixture
def divided(tmp_path):
    for part, count in (("train", 3), ("valid", 2), ("test", 1)):
        for name in ("cat", "ant"):
            pictures(tmp_path / part / name, count)
    return tmp_path


def test_the_classes_are_the_folders_in_the_order_of_their_names(flat):
    raw = read_folder(flat)
    assert ("Bee", "ant", "cat") == raw.class_names
    both = listed(raw.train, flat) + listed(raw.test, flat)
    assert Counter({0: 1, 1: 5, 2: 10}) == Counter(label for _, label in both)
    assert all(path.startswith(raw.class_names[label]) for path, label in both)


def test_images_are_decoded_to_what_the_network_takes(flat):
    raw = read_folder(flat, resize="pad", on_bad="skip")
    assert isinstance(raw.train.images, ImageFiles)
    assert (INPUT, "pad") == (raw.train.images.shape, raw.train.images.resize)
    assert ("skip", "pad", ()) == (raw.on_bad, raw.resize, raw.skipped)


def test_a_share_of_each_class_is_for_the_test_but_never_a_lone_image(flat):
    raw = read_folder(flat, test=0.3)
    assert Counter({0: 1, 1: 3, 2: 7}) == Counter(raw.train.labels)
    assert Counter({1: 2, 2: 3}) == Counter(raw.test.labels)
    assert raw.validation is None


def test_a_small_share_is_one_image_and_a_large_one_leaves_one(flat):
    assert Counter({1: 1, 2: 1}) == Counter(read_folder(flat, test=0.001).test.labels)
    assert Counter({0: 1, 1: 1, 2: 1}) == Counter(read_folder(flat, test=0.999).train.labels)


def test_the_seed_decides_which_images_are_for_the_test(flat):
    assert same(read_folder(flat), read_folder(flat))
    assert not same_split(read_folder(flat).test, read_folder(flat, seed=1).test)


def test_the_division_is_of_names_and_not_of_the_place(flat, tmp_path_factory):
    other = tmp_path_factory.mktemp("other") / "copy"
    shutil.copytree(flat, other)
    assert listed(read_folder(flat).test, flat) == listed(read_folder(other).test, other)


def test_folders_of_train_valid_and_test_are_what_they_say(divided):
    raw = read_folder(divided)
    assert ("ant", "cat") == raw.class_names
    assert [
        (f"train/{name}/{n}.png", label) for label, name in enumerate(("ant", "cat")) for n in range(3)
    ] == (listed(raw.train, divided))
    assert [f"valid/ant/{n}.png" for n in range(2)] == [
        path for path, _ in listed(raw.validation, divided)[:2]
    ]
    assert [("test/ant/0.png", 0), ("test/cat/0.png", 1)] == listed(raw.test, divided)


@pytest.mark.parametrize("name", ["val", "validation", "Validation"])
def test_where_there_is_no_test_the_validation_is_it(divided, name):
    (divided / "valid").rename(divided / name)
    shutil.rmtree(divided / "test")
    raw = read_folder(divided)
    assert (None, 4) == (raw.validation, len(raw.test.labels))


def test_without_a_validation_it_is_left_to_be_held_out(divided):
    shutil.rmtree(divided / "valid")
    assert (None, 2) == (read_folder(divided).validation, len(read_folder(divided).test.labels))


def test_a_class_called_train_is_a_class(tmp_path):
    pictures(tmp_path / "train", 4)
    pictures(tmp_path / "car", 4)
    assert ("car", "train") == read_folder(tmp_path).class_names


def test_train_alone_is_told_with_what_to_write(divided):
    for name in ("valid", "test"):
        shutil.rmtree(divided / name)
    error = failure(read_folder, divided)
    assert "it holds train, neither test nor val" in error.message
    assert f"Write `root: {divided / 'train'}`" in error.hint


def test_a_test_without_train_is_told(divided):
    shutil.rmtree(divided / "train")
    assert "it holds test and valid, no train" in failure(read_folder, divided).message


def test_two_folders_of_one_part_are_told(divided):
    shutil.copytree(divided / "valid", divided / "val")
    assert "val and valid are the same part" in failure(read_folder, divided).message


def test_a_class_that_is_not_trained_is_told(divided):
    pictures(divided / "test" / "dog", 1)
    assert "dog is no class of those to train with: ant, cat" in failure(read_folder, divided).message


def test_images_may_lie_deeper(flat):
    picture(flat / "cat" / "indoors" / "window" / "a.JPG")
    paths = [
        path for part in (read_folder(flat).train, read_folder(flat).test) for path, _ in listed(part, flat)
    ]
    assert "cat/indoors/window/a.JPG" in paths


def test_hidden_files_and_other_files_are_not_looked_at(flat):
    before = read_folder(flat)
    for name in (".hidden.png", "notes.txt", "Thumbs.db", "labels.json"):
        (flat / "cat" / name).write_text("")
        (flat / name).write_text("")
    picture(flat / ".git" / "a.png")
    picture(flat / "cat" / ".cache" / "a.png")
    assert same(before, read_folder(flat))


def test_images_beside_the_classes_are_told(flat):
    picture(flat / "lost.png")
    assert (f"{flat}: 1 image beside the classes' folders, such as lost.png",) == read_folder(flat).skipped


def test_links_that_lead_in_circles_are_gone_through_once(flat):
    before = read_folder(flat)
    (flat / "cat" / "up").symlink_to(flat)
    (flat / "cat" / "here").symlink_to(".")
    (flat / "cat" / "deep").mkdir()
    (flat / "cat" / "deep" / "back").symlink_to(flat / "cat")
    (flat / "round").symlink_to(flat)
    (flat / "itself").symlink_to("itself")
    assert same(before, read_folder(flat))


def test_a_class_may_be_a_link(flat, tmp_path_factory):
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    pictures(elsewhere, 3)
    (flat / "dog").symlink_to(elsewhere)
    assert ("Bee", "ant", "cat", "dog") == read_folder(flat).class_names


@pytest.mark.parametrize("kind", ["link", "pipe"])
def test_what_is_no_file_is_an_error_or_left_out_and_told(flat, kind):
    path = flat / "cat" / "a.png"
    if kind == "link":
        path.symlink_to("nowhere")
    else:
        os.mkfifo(path)
    why = "a link that leads nowhere" if kind == "link" else "it is no file"
    error = failure(read_folder, flat)
    assert f"{path}: {why}" == error.message
    assert "on_bad: skip" in error.hint
    raw = read_folder(flat, on_bad="skip")
    assert (f"{path}: {why}",) == raw.skipped
    assert 16 == len(raw.train.labels) + len(raw.test.labels)


def test_a_class_without_images_is_an_error(flat):
    (flat / "dog").mkdir()
    assert f"{flat / 'dog'}: no image is in it" == failure(read_folder, flat).message
    (flat / "dog" / "a.heic").write_text("")
    assert "no image is in it, but 1 other file, such as a.heic" in failure(read_folder, flat).message


def test_one_class_is_nothing_to_tell_apart(tmp_path):
    pictures(tmp_path / "cat", 3)
    assert "one class, cat: there is nothing to tell apart" in failure(read_folder, tmp_path).message


def test_a_folder_without_folders_is_told(tmp_path):
    picture(tmp_path / "a.png")
    assert "no folder is in it, there must be one for each class" in failure(read_folder, tmp_path).message


def test_a_root_that_is_none_is_told(tmp_path):
    assert "there is no such folder" in failure(read_folder, tmp_path / "nowhere").message
    (tmp_path / "file").write_text("")
    assert "it is no folder" in failure(read_folder, tmp_path / "file").message


def test_a_folder_that_can_not_be_read_is_told(flat, monkeypatch):
    def refuse(_):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "iterdir", refuse)
    assert f"{flat}: can't be read (Permission denied)" == failure(read_folder, flat).message


def test_classes_of_one_image_leave_none_for_the_test(tmp_path):
    for name in ("cat", "ant"):
        pictures(tmp_path / name, 1)
    assert (
        "each class has one image, so that none is left for the test"
        in failure(read_folder, tmp_path).message
    )


def test_a_part_of_which_nothing_can_be_read_is_told(divided):
    for name in ("ant", "cat"):
        path = divided / "test" / name / "0.png"
        path.unlink()
        path.symlink_to("nowhere")
    error = failure(read_folder, divided, on_bad="skip")
    assert "no image of test can be read" in error.message
    assert "a link that leads nowhere" in error.hint


@pytest.mark.parametrize(
    ("shape", "size"), [((2, 8, 8), None), ((64,), None), ((64,), (8, 8)), ((3, 8, 8, 8), None)]
)
def test_a_network_that_takes_no_pictures_is_told(flat, shape, size):
    with pytest.raises(UserError, match=r"read with one of 1 \(grey\), 3 \(RGB\), 4 \(RGBA\) channels"):
        read_dataset(ImageFolder(root=str(flat), size=size), shape)


def test_a_size_that_is_not_the_networks_is_told(flat):
    error = failure(read_folder, flat, size=(16, 8))
    assert "the images of image_folder are 3×16×8, the network takes 3×8×8" == error.message
