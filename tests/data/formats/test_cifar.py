"""CIFAR's files in both versions, whole and broken; and pickles that want to be more than data."""

import gzip
import pickle

import numpy as np
import pytest

from cnnspec.core.errors import UserError
from cnnspec.settings.datasets.published import Cifar10, Cifar100
from cnnspec.train import data
from cnnspec.train.data.unpickle import Array, UnreadableError, unpickled

PIXELS = 3072


def picture(number):
    return bytes((number + i) % 256 for i in range(PIXELS))


def write_binary(folder, classes=10):
    folder.mkdir(parents=True, exist_ok=True)
    names = [f"data_batch_{n}.bin" for n in range(1, 6)] + ["test_batch.bin"]
    for number, name in enumerate(names if classes == 10 else ["train.bin", "test.bin"]):
        before = bytes([number]) if classes == 10 else bytes([19, 99 - number])
        (folder / name).write_bytes(before + picture(number) + before + picture(number + 100))


def write_pickles(folder, classes=10, dump=None):
    folder.mkdir(parents=True, exist_ok=True)
    names = [f"data_batch_{n}" for n in range(1, 6)] + ["test_batch"]
    for number, name in enumerate(names if classes == 10 else ["train", "test"]):
        values = np.frombuffer(picture(number) + picture(number + 100), np.uint8).reshape(2, PIXELS)
        labels = [number, number] if classes == 10 else [99 - number] * 2
        content = {b"batch_label": b"a batch", b"data": values, b"filenames": [b"a.png", b"b.png"]}
        content[b"labels" if classes == 10 else b"fine_labels"] = labels
        if classes == 100:
            content[b"coarse_labels"] = [19, 19]
        (folder / name).write_bytes((dump or (lambda value: pickle.dumps(value, 2)))(content))


def read(root, config=Cifar10):
    return data.read(config(root=str(root)), (3, 32, 32))


def failure(root, config=Cifar10):
    with pytest.raises(UserError) as caught:
        read(root, config)
    assert "\n" not in caught.value.message
    return caught.value


@pytest.mark.parametrize(("config", "classes"), [(Cifar10, 10), (Cifar100, 100)])
def test_both_versions_are_the_same_images(tmp_path, config, classes):
    write_binary(tmp_path / "binary", classes)
    write_pickles(tmp_path / "python", classes)
    binary = read(tmp_path / "binary", config)
    assert binary == read(tmp_path / "python", config)
    batches = 5 if classes == 10 else 1
    assert ((2 * batches, 3, 32, 32), (2, 3, 32, 32)) == (binary.train.images.sizes, binary.test.images.sizes)
    assert picture(0) + picture(100) == bytes(binary.train.images.values[: 2 * PIXELS])
    assert [0, 0, 1, 1] == binary.train.labels[:4].tolist() if classes == 10 else [99, 99]


@pytest.mark.parametrize(
    ("config", "classes", "folder"),
    [(Cifar10, 10, "cifar-10-batches-bin"), (Cifar100, 100, "cifar-100-binary")],
)
def test_the_folder_that_the_archive_has_is_found(tmp_path, config, classes, folder):
    write_binary(tmp_path / folder, classes)
    assert len(read(tmp_path, config).test.labels) == 2


def test_gzipped_files_are_read_as_plain_ones_are(tmp_path):
    write_binary(tmp_path)
    plain = read(tmp_path)
    for file in list(tmp_path.iterdir()):
        file.with_name(f"{file.name}.gz").write_bytes(gzip.compress(file.read_bytes()))
        file.unlink()
    assert plain == read(tmp_path)


@pytest.mark.parametrize("protocol", range(5))
def test_every_protocol_of_pickle_is_read(tmp_path, protocol):
    write_pickles(tmp_path, dump=lambda value: pickle.dumps(value, protocol))
    assert picture(0) == bytes(read(tmp_path).train.images.values[:PIXELS])


def test_texts_may_be_those_of_python_3(tmp_path):
    write_pickles(tmp_path, dump=lambda v: pickle.dumps({key.decode(): item for key, item in v.items()}, 4))
    assert picture(0) == bytes(read(tmp_path).train.images.values[:PIXELS])


def test_a_pickle_of_python_2_is_read():
    """As cPickle wrote CIFAR's: texts of bytes (U, T), arrays by way of numpy.core.multiarray."""
    written = (
        b"\x80\x02}q\x01(U\x04dataq\x02cnumpy.core.multiarray\n_reconstruct\nq\x03cnumpy\nndarray\nq\x04K\x00\x85"
        b"U\x01b\x87Rq\x05(K\x01K\x01K\x02\x86cnumpy\ndtype\nq\x06U\x02u1K\x00K\x01\x87Rq\x07(K\x03U\x01|NNNJ\xff"
        b"\xff\xff\xffJ\xff\xff\xff\xffK\x00tb\x89T\x02\x00\x00\x00\x80\xfftbU\x06labelsq\x08]q\x09(K\x06K\x09eu."
    )
    assert {"data": Array((1, 2), b"\x80\xff"), "labels": [6, 9]} == unpickled(written)


HOSTILE = {
    "calls a function": b"cos\nsystem\n(S'echo bad'\ntR.",
    "calls a function by its texts": b"\x80\x04\x8c\x02os\x8c\x06system\x93\x8c\x04echo\x85R.",
    "makes an object": b"(icollections\nOrderedDict\n.",
    "makes an object of a class": b"\x80\x02ccollections\nOrderedDict\n)\x81.",
    "names what is kept elsewhere": b"\x80\x02U\x04nameQ.",
    "uses an extension": b"\x80\x02\x82\x01.",
    "calls what is no name": b"\x80\x02K\x01)R.",
    "calls with what are no arguments": b"cnumpy\ndtype\n]R.",
    "encodes otherwise": b"c_codecs\nencode\n(Vtext\nVrot13\ntR.",
    "gives a number a state": b"\x80\x02K\x01)b.",
    "adds to a number": b"\x80\x02K\x01K\x02a.",
    "sets a number's item": b"\x80\x02K\x01K\x02K\x03s.",
    "has a key of tuples": b"\x80\x02}" + b")" + b"\x85" * 100_000 + b"K\x03s.",
    "has no mark": b"\x80\x02t.",
    "has items without a mark": b"\x80\x02K\x01K\x02t.",
    "leaves nothing": b"\x80\x02.",
    "remembers nothing": b"\x80\x02h\x05.",
    "has no end": b"\x80\x02}",
    "is empty": b"",
    "is no pickle": b"<html>",
    "claims a long text": b"\x80\x04\x8d\xff\xff\xff\xff\xff\xff\xff\x7fab.",
    "has an odd number of items": b"\x80\x02}(K\x01u.",
}


@pytest.mark.parametrize("how", HOSTILE)
def test_a_pickle_that_is_more_than_data_is_refused(how, capfd):
    with pytest.raises(UnreadableError):
        unpickled(HOSTILE[how])
    assert ("", "") == capfd.readouterr()


@pytest.mark.parametrize(
    ("state", "why"),
    [
        ("K\x01K\x01K\x03\x86cnumpy\ndtype\nU\x02u1\x85R\x89U\x02ab", "another size than its shape's"),
        ("K\x01K\x01K\x02\x86cnumpy\ndtype\nU\x02f8\x85R\x89U\x02ab", "not of unsigned bytes"),
        ("K\x01K\x01K\x02\x86cnumpy\ndtype\nU\x02u1\x85R\x88U\x02ab", "not row by row"),
        ("K\x01K\x02cnumpy\ndtype\nU\x02u1\x85R\x89U\x02ab", "without a shape"),
        ("K\x01K\x01K\x02\x86K\x05\x89U\x02ab", "not of unsigned bytes"),
        ("K\x01", "damaged"),
    ],
)
def test_an_array_that_is_not_of_bytes_row_by_row_is_refused(state, why):
    start = b"\x80\x02cnumpy.core.multiarray\n_reconstruct\n)R("
    with pytest.raises(UnreadableError, match=why):
        unpickled(start + state.encode("latin-1") + b"tb.")


def test_what_a_small_pickle_holds_is_read():
    value = {
        "a": [1, -5, 1 << 70, None, True, False, "ü", b"\xff"],
        "b": ((), (1,), (1, 2), (1, 2, 3), (1,) * 4),
    }
    assert [value] * 6 == [unpickled(pickle.dumps(value, protocol)) for protocol in range(6)]


def test_the_same_list_twice_is_the_same():
    inner = [1]
    assert {"a": [inner, inner], "b": {}} == unpickled(pickle.dumps({"a": [inner, inner], "b": {}}, 2))


BROKEN = {
    "cut off": (
        "data_batch_2.bin",
        bytes(4000),
        ["4,000 bytes are 1 images of 3,073 bytes and 927 bytes more"],
    ),
    "empty": ("test_batch.bin", b"", ["it holds no images"]),
    "of a label out of range": (
        "data_batch_1.bin",
        bytes(3073) + b"\x0a" + bytes(PIXELS),
        ["label 10 at position 1, 0 to 9"],
    ),
}


@pytest.mark.parametrize("how", BROKEN)
def test_a_broken_binary_file_is_named(tmp_path, how):
    write_binary(tmp_path)
    name, content, phrases = BROKEN[how]
    (tmp_path / name).write_bytes(content)
    message = failure(tmp_path).message
    assert str(tmp_path / name) in message
    assert [] == [phrase for phrase in phrases if phrase not in message]


ROWS = np.zeros((2, PIXELS), np.uint8)
WRONG = {
    "of a list": ([1, 2], "its `data` is no array of N×3,072 bytes"),
    "without images": ({"labels": [1, 2]}, "its `data` is no array"),
    "of other images": ({"data": np.zeros((2, 5), np.uint8), "labels": [1, 2]}, "no array of N×3,072"),
    "without labels": ({"data": ROWS}, "its `labels` are no list of whole numbers"),
    "of true labels": ({"data": ROWS, "labels": [True, False]}, "its `labels` are no list"),
    "of fewer labels": ({"data": ROWS, "labels": [1]}, "2 images, but 1 label"),
    "of large labels": ({"data": ROWS, "labels": [1, 1 << 64]}, "labels from 1 to 18446744073709551616"),
    "of a label out of range": ({"data": ROWS, "labels": [1, 10]}, "label 10 at position 1"),
    "of floats": ({"data": ROWS.astype(float), "labels": [1, 2]}, "not of unsigned bytes"),
    "of a class": ({"data": ROWS, "labels": range(2)}, "which is not data"),
}


@pytest.mark.parametrize("how", WRONG)
def test_a_pickle_of_something_else_is_named(tmp_path, how):
    write_pickles(tmp_path)
    content, phrase = WRONG[how]
    (tmp_path / "data_batch_3").write_bytes(pickle.dumps(content, 2))
    message = failure(tmp_path).message
    assert str(tmp_path / "data_batch_3") in message
    assert phrase in message


def test_a_damaged_gzip_file_is_named(tmp_path):
    write_binary(tmp_path)
    (tmp_path / "test_batch.bin").unlink()
    (tmp_path / "test_batch.bin.gz").write_bytes(gzip.compress(bytes(3073))[:-9])
    assert "cut off or damaged" in failure(tmp_path).message


def test_a_file_that_is_far_too_large_is_not_read(tmp_path, monkeypatch):
    from cnnspec.train.data import cifar  # noqa: PLC0415 -- its limit is changed

    write_binary(tmp_path)
    monkeypatch.setattr(cifar, "_MOST", 5000)
    assert "more than 5,000 bytes" in failure(tmp_path).message


def test_what_is_missing_is_told_of_the_version_that_is_there(tmp_path):
    write_binary(tmp_path / "cifar-10-batches-bin")
    (tmp_path / "cifar-10-batches-bin" / "data_batch_4.bin").unlink()
    error = failure(tmp_path)
    assert f"cifar10 lacks data_batch_4.bin (or .gz) in {tmp_path / 'cifar-10-batches-bin'}" in error.message
    assert f"--set 'data={{cifar10: {{root: {tmp_path}, download: true}}}}'" in error.hint


def test_a_missing_root_is_told(tmp_path):
    error = failure(tmp_path / "nowhere", Cifar100)
    assert (
        f"cifar100 lacks train, test (or .gz) in {tmp_path / 'nowhere'}, which does not exist"
        in error.message
    )


def test_an_archive_that_is_not_unpacked_is_told(tmp_path):
    (tmp_path / "cifar-10-binary.tar.gz").write_bytes(b"")
    assert "python -m tarfile -e" in failure(tmp_path).hint


@pytest.mark.parametrize("config", [Cifar10, Cifar100])
def test_absent_files_are_fetched_by_torchvision_when_download_is_true(monkeypatch, tmp_path, config):
    from torchvision import datasets  # noqa: PLC0415 -- slow to import

    folder, classes = ("cifar-10-batches-py", 10) if config is Cifar10 else ("cifar-100-python", 100)

    def fetch(root, download):
        assert download
        write_pickles(root / folder, classes)

    monkeypatch.setattr(datasets, config.__name__.upper(), fetch)
    found = data.read(config(root=str(tmp_path), download=True), (3, 32, 32))
    assert len(found.test.labels) == 2


def test_a_fetch_that_fails_is_one_line(monkeypatch, tmp_path):
    from torchvision.datasets import cifar  # noqa: PLC0415 -- slow to import

    def fetch(*_, **__):
        raise OSError("no network")

    monkeypatch.setattr(cifar, "download_and_extract_archive", fetch)
    with pytest.raises(UserError, match=r"cifar10 can't be fetched into .*no network") as caught:
        data.read(Cifar10(root=str(tmp_path), download=True), (3, 32, 32))
    assert "\n" not in caught.value.message


def test_a_file_that_can_not_be_read_is_named(tmp_path, monkeypatch):
    def refuse(*_):
        raise PermissionError(13, "Permission denied")

    write_binary(tmp_path)
    monkeypatch.setattr("pathlib.Path.open", refuse)
    assert f"{tmp_path / 'data_batch_1.bin'}: can't be read (Permission denied)" == failure(tmp_path).message
