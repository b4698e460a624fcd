"""Image files in folders and in tables: what is found, how it is divided, and each way to be wrong."""

import os
import shutil
from collections import Counter
from pathlib import Path

import pytest
from PIL import Image

from cnnspec.core.errors import UserError
from cnnspec.data.dataset import ImageFiles
from cnnspec.data.read import read_dataset
from cnnspec.settings.datasets.own import Csv, ImageFolder
from tests.data.same import same, same_split

INPUT = (3, 8, 8)


def picture(path):
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", (9, 7), "red").save(path)
    return path


def pictures(folder, count):
    return [picture(folder / f"{number}.png") for number in range(count)]


def read_folder(root, **arguments):
    return read_dataset(ImageFolder(root=str(root), **arguments), INPUT)


def read_table(file, **arguments):
    return read_dataset(Csv(file=str(file), **arguments), INPUT)


def failure(read, *of, **arguments):
    with pytest.raises(UserError) as caught:
        read(*of, **arguments)
    assert "\n" not in caught.value.message
    return caught.value


def listed(part, root):
    """Paths below the root, with the label of each."""
    paths = (str(path.relative_to(root)) for path in part.images.paths)
    return list(zip(paths, part.labels, strict=True))


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


@pytest.fixture
def table(tmp_path):
    pictures(tmp_path / "images", 8)
    return tmp_path / "table.csv"


def write(table, *lines, head="path,label"):
    table.write_text("\n".join([head, *lines]) + "\n", encoding="utf-8")
    return table


NAMED = [f"images/{number}.png,{'cat' if number % 2 else 'ant'}" for number in range(8)]
SPLIT = [
    f"{line},{part}" for line, part in zip(NAMED, ["train"] * 4 + ["val"] * 2 + ["test"] * 2, strict=True)
]


def test_a_table_without_a_split_is_divided_by_class(table):
    raw = read_table(write(table, *NAMED), test=0.25)
    assert ("ant", "cat") == raw.class_names
    assert Counter({0: 3, 1: 3}) == Counter(raw.train.labels)
    assert Counter({0: 1, 1: 1}) == Counter(raw.test.labels)


def test_the_split_of_a_table_is_what_it_says(table):
    raw = read_table(write(table, *SPLIT, head="path,label,split"))
    root = table.parent
    assert [(f"images/{n}.png", n % 2) for n in range(4)] == listed(raw.train, root)
    assert [("images/4.png", 0), ("images/5.png", 1)] == listed(raw.validation, root)
    assert [("images/6.png", 0), ("images/7.png", 1)] == listed(raw.test, root)


def test_where_a_table_has_no_test_the_validation_is_it(table):
    raw = read_table(write(table, *SPLIT[:6], head="path,label,split"))
    assert (None, 2) == (raw.validation, len(raw.test.labels))


def test_columns_may_stand_in_any_order_beside_others(table):
    lines = [f"{number},{line.split(',')[1]},x,{line.split(',')[0]}" for number, line in enumerate(NAMED)]
    plain = read_table(write(table, *NAMED))
    assert same(plain, read_table(write(table, *lines, head="id, Label ,note,PATH")))


def test_paths_start_where_root_says_or_at_the_top(table, tmp_path_factory):
    elsewhere = tmp_path_factory.mktemp("elsewhere") / "table.csv"
    raw = read_table(write(table, *NAMED))
    assert same(raw, read_table(write(elsewhere, *NAMED), root=str(table.parent)))
    absolute = read_table(write(elsewhere, *(f"{table.parent}/{line}" for line in NAMED)))
    assert set(raw.train.images.paths + raw.test.images.paths) == set(
        absolute.train.images.paths + absolute.test.images.paths
    )


def test_labels_that_are_numbers_are_in_their_order(table):
    lines = [f"images/{number}.png,{9 + number % 2}" for number in range(8)]
    assert ("9", "10") == read_table(write(table, *lines)).class_names


def test_a_byte_order_mark_quotes_and_empty_lines_are_read(table):
    lines = [f'"images/{number}.png","a, b{number % 2}"\r\n\r\n' for number in range(8)]
    table.write_text("\ufeffpath,label\r\n" + "".join(lines), encoding="utf-8", newline="")
    assert ("a, b0", "a, b1") == read_table(table).class_names


@pytest.mark.parametrize("separator", ";\t")
def test_cells_may_stand_between_semicolons_or_tabs(table, separator):
    write(table, *NAMED)
    expected = read_table(table)
    table.write_text(table.read_text().replace(",", separator))
    assert same(expected, read_table(table))


def test_empty_cells_that_no_column_is_for_are_not_looked_at(table):
    write(table, *NAMED)
    expected = read_table(table)
    write(table, *(f"{line},," for line in NAMED))
    assert same(expected, read_table(table))


def test_a_root_that_is_no_folder_is_told_even_where_lost_images_are_skipped(table):
    write(table, *NAMED)
    caught = failure(read_table, table, root=str(table.parent / "nowhere"), on_bad="skip")
    assert f"data: csv: root is {table.parent / 'nowhere'}, which is no folder" == caught.message


WRONG = {
    "empty": ("", ":1: no column is called path or label, the first line is empty"),
    "without a header": ("images/0.png,cat\n", ":1: no column is called path or label"),
    "without labels": (
        "path,class\nimages/0.png,cat\n",
        ":1: no column is called label, the first line is path, class",
    ),
    "of two labels": ("path,label,label\n", ":1: two columns are called label"),
    "without rows": ("path,label\n", "it lists no image"),
    "of a short row": ("path,label\nimages/0.png\n", ":2: 1 cell, column 2 is needed"),
    "of a long row": (
        "path,label\nimages/0.png,cat,x\n",
        ":2: 3 cells, the first line names 2 columns",
    ),
    "of an empty label": ("path,label\nimages/0.png,cat\nimages/1.png,\n", ":3: label is empty"),
    "of an empty path": ("path,label\n ,cat\n", ":2: path is empty"),
    "of an unknown split": (
        "path,label,split\nimages/0.png,cat,dev\n",
        ":2: split is dev, it must be train, val or test",
    ),
    "of an empty split": ("path,label,split\nimages/0.png,cat,\n", ":2: split is empty"),
    "of a lost image": ("path,label\nimages/0.png,cat\nimages/9.png,ant\n", ":3: "),
    "of a folder": ("path,label\nimages,cat\n", "it is no file"),
    "of a negative label": (
        "path,label\nimages/0.png,1\nimages/1.png,-1\n",
        ":3: label -1, whole numbers from 0",
    ),
    "of one class": ("path,label\nimages/0.png,cat\n", "one class, cat"),
    "of a NUL": ("path,label\nimages/0\0.png,cat\n", "NUL"),
    "of an open quote": ('path,label\n"images/0.png,cat\n', "not a table"),
    "of two labels for an image": (
        "path,label\nimages/0.png,cat\nimages/1.png,ant\nimages/0.png,ant\n",
        ":2 too, with another label",
    ),
    "of an image in two parts": (
        "path,label,split\nimages/0.png,cat,train\nimages/0.png,cat,test\n",
        ":2 too, with another split",
    ),
    "of an image twice": (
        "path,label\nimages/0.png,cat\nimages/1.png,ant\nimages/../images/0.png,cat\n",
        ":4: images/../images/0.png is in ",
    ),
    "of train alone": (
        "path,label,split\nimages/0.png,cat,train\nimages/1.png,ant,train\n",
        "no image to test with: split is train alone",
    ),
    "of tests alone": (
        "path,label,split\nimages/0.png,cat,test\nimages/1.png,ant,val\n",
        "no image to train with: split is test, val alone",
    ),
    "of a class that is not trained": (
        "path,label,split\nimages/0.png,cat,train\nimages/1.png,ant,test\n",
        ":3: label ant is no class of those to train with",
    ),
    "of one image a class": ("path,label\nimages/0.png,cat\nimages/1.png,ant\n", "none is left for the test"),
}


@pytest.mark.parametrize("how", WRONG)
def test_what_is_wrong_with_a_table_is_told_with_its_line(table, how):
    content, phrase = WRONG[how]
    table.write_text(content)
    message = failure(read_table, table).message
    assert phrase in message
    assert str(table) in message


def test_a_table_that_is_not_utf_8_is_told(table):
    table.write_bytes(b"path,label\nimages/0.png,\xff\n")
    assert "not UTF-8 (invalid start byte at byte 24)" in failure(read_table, table).message


def test_a_table_that_is_not_there_is_told(tmp_path):
    assert "can't be read (No such file or directory)" in failure(read_table, tmp_path / "none.csv").message


def test_a_row_that_points_nowhere_may_be_left_out_and_told(table):
    write(table, *NAMED, "images/99.png,cat", "images/98.png,ant")
    raw = read_table(table, on_bad="skip")
    places = [f"{table}:{line}: {table.parent}/images/{name}.png" for line, name in ((10, 99), (11, 98))]
    assert tuple(f"{place}: there is no such file" for place in places) == raw.skipped
    assert 8 == len(raw.train.labels) + len(raw.test.labels)


def test_a_table_of_which_nothing_can_be_read_is_told(table):
    write(table, "images/99.png,cat", "images/98.png,ant")
    assert "no class" in failure(read_table, table, on_bad="skip").message
