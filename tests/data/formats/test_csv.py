"""Image files in a table: what is found, how it is divided, and each way to be wrong."""

from collections import Counter

import pytest

from cnnspec.data.read import read_dataset
from cnnspec.settings.datasets.own import Csv
from tests.data.formats.image_paths import failure, listed, pictures
from tests.data.same import same

INPUT = (3, 8, 8)


def read_table(file, **arguments):
    return read_dataset(Csv(file=str(file), **arguments), INPUT)


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


@pytest.mark.parametrize(
    ("name", "why"), [("~nobody7/a.csv", "No such file"), ("a\0b.csv", "embedded null byte")]
)
def test_a_name_that_can_be_no_file_is_told(name, why):
    assert why in failure(read_table, name).message


def test_a_tilde_that_is_no_user_is_part_of_a_name(table):
    assert "~1.png: there is no such file" in failure(read_table, write(table, "~1.png,ant")).message
