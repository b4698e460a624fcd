"""SVHN's MATLAB files, whole and broken; they are written here as MATLAB writes them."""

import struct
import zlib

import numpy as np
import pytest

from cnnspec.core.errors import UserError
from cnnspec.data.formats import matlab
from cnnspec.data.read import read_dataset
from cnnspec.settings.datasets.published import Svhn
from tests.data.same import same

UINT8, UINT64, DOUBLE = 9, 15, 6


def element(kind, content, order="<"):
    if len(content) <= 4:
        tag = struct.pack(f"{order}I", len(content) << 16 | kind)
        return tag + content.ljust(4, b"\0")
    return struct.pack(f"{order}II", kind, len(content)) + content + bytes(-len(content) % 8)


def matrix(name, array, order="<", klass=UINT8, kind=2):
    flags = element(6, struct.pack(f"{order}II", klass, 0), order)
    sizes = element(5, struct.pack(f"{order}{array.ndim}i", *array.shape), order)
    values = element(kind, array.tobytes(order="F"), order)
    return element(14, flags + sizes + element(1, name.encode(), order) + values, order)


def header(order="<"):
    return b"MATLAB 5.0 MAT-file".ljust(124) + (b"\0\1IM" if order == "<" else b"\1\0MI")


def compressed(content):
    packed = zlib.compress(content)
    return struct.pack("<II", 15, len(packed)) + packed


def images(count, seed):
    return np.random.default_rng(seed).integers(0, 256, (32, 32, 3, count), np.uint8)


def labels(*values):
    return np.array(values, np.uint8)[:, None]


def mat(x, y, pack=compressed):
    return header() + pack(matrix("X", x)) + pack(matrix("y", y))


@pytest.fixture
def root(tmp_path):
    (tmp_path / "train_32x32.mat").write_bytes(mat(images(3, 1), labels(1, 10, 9)))
    (tmp_path / "test_32x32.mat").write_bytes(mat(images(5, 2), labels(10, 2, 3, 4, 5)))
    return tmp_path


def read(root):
    return read_dataset(Svhn(root=str(root)), (3, 32, 32))


def failure(root):
    with pytest.raises(UserError) as caught:
        read(root)
    assert "\n" not in caught.value.message
    return caught.value.message


def test_whole_files_become_images_and_labels(root):
    found = read(root)
    assert ((3, 3, 32, 32), (5, 3, 32, 32)) == (found.train.images.shape, found.test.images.shape)
    assert images(3, 1).transpose(3, 2, 0, 1).tobytes() == found.train.images.tobytes()


def test_the_label_10_is_the_digit_0(root):
    assert ([1, 0, 9], [0, 2, 3, 4, 5]) == (read(root).train.labels.tolist(), read(root).test.labels.tolist())


def test_files_need_not_be_compressed(root):
    before = read(root)
    (root / "train_32x32.mat").write_bytes(mat(images(3, 1), labels(1, 10, 9), pack=bytes))
    assert same(before, read(root))


def test_other_arrays_of_the_file_are_passed_over(root):
    before = read(root)
    others = compressed(matrix("Z", np.ones((3, 3)), klass=DOUBLE, kind=9)) + matrix("a" * 60, labels(1))
    text = struct.pack("<II", 1, 8) + b"12345678"
    content = header() + others + text + compressed(matrix("X", images(3, 1)))
    (root / "train_32x32.mat").write_bytes(content + compressed(matrix("y", labels(1, 10, 9))))
    assert same(before, read(root))


def test_a_file_may_be_big_endian(tmp_path):
    (tmp_path / "a.mat").write_bytes(header(">") + matrix("y", labels(1, 2, 3, 4, 5, 6), ">"))
    assert [[n] for n in range(1, 7)] == matlab.read(tmp_path / "a.mat", ["y"])["y"].tolist()


WHOLE = mat(images(5, 2), labels(10, 2, 3, 4, 5))
BROKEN = {
    "empty": (b"", "not a MATLAB 5 file"),
    "not MATLAB's": (b"<html>" * 50, "not a MATLAB 5 file"),
    "only a header": (header(), "no array of bytes called X or y"),
    "without labels": (header() + matrix("X", images(1, 1)), "no array of bytes called y"),
    "cut off in a tag": (header() + b"\x0e\0\0", "it is cut off"),
    "cut off in an array": (WHOLE[:9000], "it is cut off: 15,360 bytes are expected, found"),
    "of an array that ends too soon": (
        header() + compressed(matrix("X", images(1, 1))[:-9]),
        "it is cut off: 3,072 bytes are expected, found 3,063",
    ),
    "cut off uncompressed": (header() + matrix("X", images(1, 1))[:-9], "it is cut off"),
    "of noise": (header() + struct.pack("<II", 15, 8) + b"noisenoi", "Error -3"),
    "of other images": (mat(images(5, 2)[:16], labels(1, 2, 3, 4, 5)), "X is 16×32×3×5, 32×32×3×N is expected"),
    "of flat images": (mat(images(1, 2)[:, :, 0, 0], labels(1)), "X is 32×32, "),
    "of fewer labels": (mat(images(5, 2), labels(1, 2, 3, 4)), "5 images, but 4 labels"),
    "without images": (mat(images(0, 2), labels()), "it holds no images"),
    "of the label 0": (mat(images(2, 2), labels(1, 0)), "label 0 at position 1, 1 to 10 are expected"),
    "of the label 11": (mat(images(1, 2), labels(11)), "label 11 at position 0"),
    "of floats": (header() + matrix("X", np.ones((2, 2)), klass=DOUBLE, kind=9), "32 bytes where 4 are expected"),
    "of signed bytes": (header() + matrix("X", images(1, 1), kind=1), "X is no array of 3,072 unsigned bytes"),
    "of cells": (header() + matrix("X", images(1, 1), klass=1), "X is no array of numbers"),
    "of a size beyond all memory": (
        header()
        + struct.pack("<II", 14, 2**31 + 100)
        + element(6, struct.pack("<II", UINT8, 0))
        + element(5, struct.pack("<4i", 32, 32, 3, 2**30))
        + element(1, b"X")
        + struct.pack("<II", 2, 2**31)
        + b"12",
        "2,147,483,648 bytes are expected, found 2",
    ),
    "of a small element that is none": (
        header() + struct.pack("<II", 14, 16) + struct.pack("<I", 9 << 16 | 6) + b"abcd" + bytes(8),
        "a small element of 9 bytes",
    ),
}  # fmt: skip


@pytest.mark.parametrize("how", BROKEN)
def test_a_broken_file_is_named_with_what_was_expected_and_found(root, how):
    content, phrase = BROKEN[how]
    (root / "test_32x32.mat").write_bytes(content)
    message = failure(root)
    assert str(root / "test_32x32.mat") in message
    assert phrase in message


def test_a_missing_file_is_told_with_what_fetches_it(root):
    (root / "test_32x32.mat").unlink()
    with pytest.raises(UserError) as caught:
        read(root)
    assert f"svhn lacks test_32x32.mat in {root}" in caught.value.message
    assert f"{{svhn: {{root: {root}, download: true}}}}" in caught.value.hint


def test_files_are_fetched_by_torchvision_without_scipy(monkeypatch, root, tmp_path):
    from torchvision import datasets  # noqa: PLC0415 -- slow to import

    def fetch(folder, split, download):
        assert download
        folder.mkdir(exist_ok=True)
        (folder / f"{split}_32x32.mat").write_bytes((root / f"{split}_32x32.mat").read_bytes())
        raise ModuleNotFoundError("scipy")

    monkeypatch.setattr(datasets, "SVHN", fetch)
    found = read_dataset(Svhn(root=str(tmp_path / "fresh"), download=True), (3, 32, 32))
    assert same(found, read(root))


def test_a_fetch_that_fails_is_one_line(monkeypatch, tmp_path):
    from torchvision import datasets  # noqa: PLC0415 -- slow to import

    def fetch(*_, **__):
        raise RuntimeError("Error downloading train:\nno network")

    monkeypatch.setattr(datasets, "SVHN", fetch)
    with pytest.raises(UserError, match=r"svhn can't be fetched into .*\(no network\)"):
        read_dataset(Svhn(root=str(tmp_path), download=True), (3, 32, 32))


def test_a_file_is_read_the_same_in_pieces_of_any_size(monkeypatch, root):
    whole = read(root)
    monkeypatch.setattr(matlab, "_CHUNK", 1)
    assert same(whole, read(root))


def test_a_file_that_can_not_be_read_is_named(monkeypatch, root):
    def refuse(*_):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("pathlib.Path.open", refuse)
    assert f"{root / 'train_32x32.mat'}: can't be read (Permission denied)" == failure(root)
