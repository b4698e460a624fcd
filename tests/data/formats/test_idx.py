"""MNIST's files, whole and broken: each way to be broken is named with the file and its numbers."""

import gzip
import struct
from pathlib import Path

import pytest

from cnnspec.core.errors import UserError
from cnnspec.data.formats import mnist
from cnnspec.data.read import read_dataset
from cnnspec.settings.datasets.published import Emnist, FashionMnist, Kmnist, Mnist
from tests.data.same import same

TRAIN_IMAGES, TRAIN_LABELS, TEST_IMAGES, TEST_LABELS = mnist.NAMES


def idx(*sizes, values):
    return struct.pack(f">4B{len(sizes)}I", 0, 0, 8, len(sizes), *sizes) + bytes(values)


def images(count):
    return idx(count, 28, 28, values=[i % 256 for i in range(count * 784)])


def labels(count):
    return idx(count, values=[i % 10 for i in range(count)])


@pytest.fixture
def root(tmp_path):
    """Twenty images to train and ten to test with."""
    write(tmp_path, {TRAIN_IMAGES: images(20), TRAIN_LABELS: labels(20)})
    write(tmp_path, {TEST_IMAGES: images(10), TEST_LABELS: labels(10)})
    return tmp_path


def write(folder, contents):
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in contents.items():
        (folder / name).write_bytes(content)


def read(config):
    return read_dataset(config, (1, 28, 28))


def failure(root, config=Mnist):
    with pytest.raises(UserError) as caught:
        read(config(root=str(root)))
    assert "\n" not in caught.value.message
    return caught.value


def test_whole_files_become_images_and_labels(root):
    found = read(Mnist(root=str(root)))
    assert found.train.images.shape == (20, 1, 28, 28)
    assert found.test.images.shape == (10, 1, 28, 28)
    assert [i % 10 for i in range(20)] == found.train.labels.tolist()
    assert [i % 256 for i in range(784, 1568)] == list(found.train.images.ravel()[784:1568])
    assert (None, (), tuple("0123456789")) == (found.validation, found.skipped, found.class_names)


def test_gzipped_files_are_read_as_plain_ones_are(root):
    plain = read(Mnist(root=str(root)))
    for name in mnist.NAMES:
        file = root / name
        file.with_name(f"{name}.gz").write_bytes(gzip.compress(file.read_bytes()))
        file.unlink()
    assert same(plain, read(Mnist(root=str(root))))


def test_the_folder_that_torchvision_makes_is_found(root, tmp_path):
    raw = tmp_path / "elsewhere" / "FashionMNIST" / "raw"
    raw.mkdir(parents=True)
    for name in mnist.NAMES:
        (root / name).rename(raw / name)
    assert read(FashionMnist(root=str(tmp_path / "elsewhere"))).train.images.shape == (20, 1, 28, 28)


def test_a_missing_root_is_told_with_what_fetches_the_files(tmp_path):
    error = failure(tmp_path / "nowhere")
    assert f"{tmp_path / 'nowhere'}, which does not exist" in error.message
    assert all(name in error.message for name in mnist.NAMES)
    assert f"--set 'data={{mnist: {{root: {tmp_path / 'nowhere'}, download: true}}}}'" in error.hint


def test_only_the_files_that_are_missing_are_named(root):
    (root / TEST_LABELS).unlink()
    message = failure(root).message
    assert TEST_LABELS in message
    assert TRAIN_IMAGES not in message


def test_a_root_that_is_a_file_is_told(tmp_path):
    (tmp_path / "file").write_text("")
    assert "which is not a folder" in failure(tmp_path / "file").message


BROKEN = {
    "cut off": (TRAIN_IMAGES, images(20)[:-5], ["20×28×28 = 15,680 bytes", "found 15,675"]),
    "too long": (TRAIN_LABELS, labels(20) + b"\0", ["20 bytes", "found more"]),
    "empty": (TRAIN_IMAGES, b"", ["starts with nothing"]),
    "cut off in its header": (TRAIN_IMAGES, images(20)[:10], ["10 bytes long", "takes 16"]),
    "not IDX": (TEST_LABELS, b"<html>not here</html>", ["starts with 3c 68 74 6d, not 00 00 08 01"]),
    "images where labels belong": (TEST_LABELS, images(10), ["starts with 00 00 08 03, not 00 00 08 01"]),
    "floats": (TRAIN_LABELS, b"\0\0\x0d\x01" + labels(20)[4:], ["starts with 00 00 0d 01"]),
    "of sizes beyond all memory": (
        TEST_IMAGES,
        idx(2**32 - 1, 28, 28, values=b"12"),
        ["4,294,967,295", "1,000,000"],
    ),
    "of large images": (TEST_IMAGES, idx(10, 2**31, 2**31, values=b"12"), ["28×28 are expected"]),
    "of other images": (TEST_IMAGES, idx(10, 32, 32, values=bytes(10240)), ["32×32", "28×28"]),
    "without images": (TEST_IMAGES, images(0), ["10 labels"]),
    "of another number of labels": (TRAIN_LABELS, labels(19), ["20 images", "19 labels"]),
    "of a label out of range": (
        TEST_LABELS,
        idx(10, values=[1] * 7 + [10, 1, 1]),
        ["label 10 at position 7", "0 to 9"],
    ),
    "a gzip file cut off": (TRAIN_IMAGES, gzip.compress(images(20))[:-20], ["cut off or damaged"]),
    "a gzip file with a wrong byte": (
        TRAIN_IMAGES,
        gzip.compress(images(20))[:-6] + b"?" + gzip.compress(images(20))[-5:],
        ["cut off or damaged", "CRC"],
    ),
    "a gzip file of noise": (TRAIN_IMAGES, b"\x1f\x8b" + bytes(range(3, 200)), ["cut off or damaged"]),
    "a gzip file of too few bytes": (TRAIN_IMAGES, gzip.compress(images(20)[:-784]), ["found 14,896"]),
}


@pytest.mark.parametrize("how", BROKEN)
def test_a_broken_file_is_named_with_what_was_expected_and_found(root, how):
    name, content, phrases = BROKEN[how]
    (root / name).write_bytes(content)
    message = failure(root).message
    assert str(root / name) in message
    assert [phrase for phrase in phrases if phrase not in message] == []


def test_empty_files_of_both_kinds_are_no_data(root):
    write(root, {TEST_IMAGES: images(0), TEST_LABELS: labels(0)})
    assert "holds no images" in failure(root).message


def test_a_folder_in_a_files_place_is_missing(root):
    (root / TRAIN_IMAGES).unlink()
    (root / TRAIN_IMAGES).mkdir()
    assert TRAIN_IMAGES in failure(root).message


def test_without_a_root_the_systems_package_is_found(monkeypatch, root, tmp_path):
    monkeypatch.setattr(FashionMnist, "system_folder", str(root))
    monkeypatch.chdir(tmp_path)
    assert read(FashionMnist()).train.images.shape == (20, 1, 28, 28)


def test_a_root_that_is_written_is_the_only_place(monkeypatch, root, tmp_path):
    monkeypatch.setattr(FashionMnist, "system_folder", str(root))
    assert "does not exist" in failure(tmp_path / "nowhere", FashionMnist).message


def test_absent_files_are_fetched_by_torchvision_when_download_is_true(monkeypatch, root, tmp_path):
    from torchvision.datasets import mnist as torchvision  # noqa: PLC0415 -- slow to import

    asked = []

    def fetch(_, download_root, filename, md5):
        asked.append((filename, md5))
        name = filename.removesuffix(".gz")
        Path(download_root, name).write_bytes((root / name).read_bytes())

    monkeypatch.setattr(torchvision, "download_and_extract_archive", fetch)
    found = read(Mnist(root=str(tmp_path / "fresh"), download=True))
    assert same(found, read(Mnist(root=str(root))))
    assert torchvision.MNIST.resources == asked


def test_a_fetch_that_fails_is_one_line(monkeypatch, tmp_path):
    from torchvision.datasets import mnist as torchvision  # noqa: PLC0415 -- slow to import

    def fetch(*_, **__):
        raise torchvision.URLError("no network")

    monkeypatch.setattr(torchvision, "download_and_extract_archive", fetch)
    with pytest.raises(UserError, match=r"can't be fetched into .*no network") as caught:
        read(Mnist(root=str(tmp_path), download=True))
    assert "\n" not in caught.value.message


def test_fashion_mnist_of_the_systems_package_is_whole():
    folder = Path(FashionMnist.system_folder)
    if not folder.is_dir():
        pytest.skip(f"{folder} is not there: apt install dataset-fashion-mnist")
    found = read(FashionMnist(root=str(folder)))
    assert found.train.images.shape == (60_000, 1, 28, 28)
    assert found.test.images.shape == (10_000, 1, 28, 28)
    assert [found.train.labels.tolist().count(label) for label in range(10)] == [6_000] * 10


def test_the_archives_of_other_sets_lie_under_their_own_names(root, tmp_path):
    raw = tmp_path / "KMNIST" / "raw"
    raw.mkdir(parents=True)
    for name in mnist.NAMES:
        (root / name).rename(raw / name)
    assert read(Kmnist(root=str(tmp_path))).class_names[:3] == ("o", "ki", "su")


def emnist_names(split):
    parts = [f"emnist-{split}-{part}" for part in ("train", "test")]
    return [f"{part}-{kind}-ubyte" for part in parts for kind in ("images-idx3", "labels-idx1")]


def write_emnist(folder, split, label):
    contents = [images(3), idx(3, values=[label] * 3), images(2), idx(2, values=[label] * 2)]
    write(folder, dict(zip(emnist_names(split), contents, strict=True)))


def test_emnists_images_are_stored_column_by_column(tmp_path):
    write_emnist(tmp_path, "digits", 7)
    found = read(Emnist(root=str(tmp_path), split="digits")).train
    stored = [i % 256 for i in range(784)]
    assert [stored[column * 28 + row] for row in range(28) for column in range(28)] == list(
        found.images.ravel()[:784]
    )
    assert [7, 7, 7] == found.labels.tolist()


def test_emnists_letters_count_from_1(tmp_path):
    write_emnist(tmp_path / "EMNIST" / "raw", "letters", 26)
    found = read(Emnist(root=str(tmp_path), split="letters"))
    assert ("z", 25) == (found.class_names[found.test.labels[0]], found.test.labels[0])


@pytest.mark.parametrize("label", [0, 27])
def test_a_letter_that_is_none_is_named_with_its_place(tmp_path, label):
    write_emnist(tmp_path, "letters", label)
    with pytest.raises(UserError, match=f"label {label} at position 0, 1 to 26 are expected"):
        read(Emnist(root=str(tmp_path), split="letters"))


def test_emnists_files_of_another_split_are_not_taken(tmp_path):
    write_emnist(tmp_path, "letters", 5)
    with pytest.raises(UserError, match="emnist lacks emnist-digits-train-images-idx3-ubyte, ") as caught:
        read(Emnist(root=str(tmp_path), split="digits"))
    assert f"{{emnist: {{root: {tmp_path}, download: true, split: digits}}}}" in caught.value.hint


def test_an_archive_that_is_not_unpacked_is_told(tmp_path):
    (tmp_path / "gzip.zip").write_bytes(b"")
    with pytest.raises(UserError) as caught:
        read(Emnist(root=str(tmp_path)))
    assert f"python -m zipfile -e {tmp_path / 'gzip.zip'} {tmp_path}" in caught.value.hint


def test_a_root_with_a_comma_in_it_is_quoted_in_the_remedy(tmp_path):
    assert f'root: "{tmp_path}/a, b"' in failure(tmp_path / "a, b").hint


def test_files_that_a_fetch_does_not_bring_are_told(monkeypatch, tmp_path):
    from torchvision import datasets  # noqa: PLC0415 -- slow to import

    monkeypatch.setattr(datasets, "EMNIST", lambda _, **__: None)
    with pytest.raises(UserError, match="emnist lacks"):
        read(Emnist(root=str(tmp_path), download=True))


def test_emnist_is_fetched_with_its_split(monkeypatch, tmp_path):
    from torchvision import datasets  # noqa: PLC0415 -- slow to import

    monkeypatch.setattr(datasets, "EMNIST", lambda root, **given: write_emnist(root, given["split"], 1))
    assert len(read(Emnist(root=str(tmp_path), split="mnist", download=True)).train.labels) == 3


def test_a_file_that_can_not_be_read_is_named(monkeypatch, root):
    def refuse(*_):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("pathlib.Path.open", refuse)
    assert f"{root / TRAIN_IMAGES}: can't be read (Permission denied)" == failure(root).message
