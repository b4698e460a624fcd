"""CIFAR's files in both versions, whole and broken; of pickles those whose hash is known, and no others."""

import gzip
import hashlib
import struct

import pytest

from cnnspec.core.errors import UserError
from cnnspec.data.formats import cifar
from cnnspec.data.read import read_dataset
from cnnspec.settings.datasets.published import Cifar10, Cifar100
from tests.data.same import same

PIXELS = 3072


def picture(number):
    return bytes((number + i) % 256 for i in range(PIXELS))


def write_binary(folder, classes=10):
    folder.mkdir(parents=True, exist_ok=True)
    names = [f"data_batch_{n}.bin" for n in range(1, 6)] + ["test_batch.bin"]
    for number, name in enumerate(names if classes == 10 else ["train.bin", "test.bin"]):
        before = bytes([number]) if classes == 10 else bytes([19, 99 - number])
        (folder / name).write_bytes(before + picture(number) + before + picture(number + 100))


def pickled(images, labels, key="labels"):
    """As cPickle of Python 2 wrote CIFAR's: texts of bytes (U, T), arrays by way of numpy.core.multiarray."""
    values = b"".join(images)
    return (
        b"\x80\x02}q\x01(U\x04dataq\x02cnumpy.core.multiarray\n_reconstruct\nq\x03cnumpy\nndarray\nq\x04K\x00\x85"
        b"U\x01b\x87Rq\x05(K\x01K" + bytes([len(images)]) + b"M\x00\x0c\x86cnumpy\ndtype\nq\x06U\x02u1K\x00K\x01\x87Rq\x07"
        b"(K\x03U\x01|NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00tb\x89T" + struct.pack("<I", len(values)) + values
        + b"tbU" + bytes([len(key)]) + key.encode() + b"q\x08]q\x09(" + b"".join(b"K" + bytes([n]) for n in labels) + b"eu."
    )  # fmt: skip


def write_pickles(folder, classes=10):
    folder.mkdir(parents=True, exist_ok=True)
    names = [f"data_batch_{n}" for n in range(1, 6)] + ["test_batch"]
    for number, name in enumerate(names if classes == 10 else ["train", "test"]):
        label, key = (number, "labels") if classes == 10 else (99 - number, "fine_labels")
        (folder / name).write_bytes(pickled([picture(number), picture(number + 100)], [label] * 2, key))


def hashes(folder):
    """What would be published, were the folder's files."""
    return {path.name: hashlib.md5(path.read_bytes()).hexdigest() for path in folder.iterdir()}


def read(root, config=Cifar10):
    return read_dataset(config(root=str(root)), (3, 32, 32))


def read_pickles(root, config=Cifar10):
    """As files that were published."""
    return cifar.read(config(root=str(root)), (3, 32, 32), hashes(root))


def failure(root, config=Cifar10, reader=read):
    with pytest.raises(UserError) as caught:
        reader(root, config)
    assert "\n" not in caught.value.message
    return caught.value


@pytest.mark.parametrize(("config", "classes"), [(Cifar10, 10), (Cifar100, 100)])
def test_both_versions_are_the_same_images(tmp_path, config, classes):
    write_binary(tmp_path / "binary", classes)
    write_pickles(tmp_path / "python", classes)
    binary = read(tmp_path / "binary", config)
    assert same(binary, read_pickles(tmp_path / "python", config))
    batches = 5 if classes == 10 else 1
    assert ((2 * batches, 3, 32, 32), (2, 3, 32, 32)) == (binary.train.images.shape, binary.test.images.shape)
    assert picture(0) + picture(100) == bytes(binary.train.images.ravel()[: 2 * PIXELS])
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
    assert same(plain, read(tmp_path))


def test_a_published_pickle_may_be_gzipped(tmp_path):
    write_pickles(tmp_path)
    known, plain = hashes(tmp_path), read_pickles(tmp_path)
    whole = (tmp_path / "data_batch_3").read_bytes()
    (tmp_path / "data_batch_3").unlink()
    (tmp_path / "data_batch_3.gz").write_bytes(gzip.compress(whole))
    assert same(plain, cifar.read(Cifar10(root=str(tmp_path)), (3, 32, 32), known))


def test_the_hashes_are_those_that_torchvision_lists():
    from torchvision import datasets  # noqa: PLC0415 -- slow to import

    lists = [datasets.CIFAR10.train_list, datasets.CIFAR10.test_list]
    lists += [datasets.CIFAR100.train_list, datasets.CIFAR100.test_list]
    assert {name: md5 for files in lists for name, md5 in files} == cifar.PUBLISHED


@pytest.mark.parametrize(
    ("config", "classes", "archive"), [(Cifar10, 10, "cifar-10"), (Cifar100, 100, "cifar-100")]
)
def test_a_pickle_that_was_not_published_is_not_opened(tmp_path, config, classes, archive):
    write_pickles(tmp_path, classes)
    first = tmp_path / ("data_batch_1" if classes == 10 else "train")
    error = failure(tmp_path, config)
    expected = cifar.PUBLISHED[first.name]
    assert (
        f"{first}: not the published file: its MD5 is {hashes(tmp_path)[first.name]}, {expected}"
        in error.message
    )
    assert f"take the binary version, {archive}-binary.tar.gz" in error.hint


HOSTILE = {
    "calls a function": b"cos\nsystem\n(S'echo bad'\ntR.",
    "calls a function by its texts": b"\x80\x04\x8c\x02os\x8c\x06system\x93\x8c\x04echo\x85R.",
    "makes an object": b"(icollections\nOrderedDict\n.",
    "makes an object of a class": b"\x80\x02ccollections\nOrderedDict\n)\x81.",
    "names what else NumPy has": b"cnumpy\nload\n(S'a.npy'\ntR.",
    "names what is kept elsewhere": b"\x80\x02U\x04nameQ.",
}


@pytest.mark.parametrize("how", HOSTILE)
def test_a_hostile_pickle_runs_nothing_even_where_it_is_taken_for_published(tmp_path, capfd, how):
    write_pickles(tmp_path)
    (tmp_path / "data_batch_2").write_bytes(HOSTILE[how])
    known = hashes(tmp_path)
    with pytest.raises(UserError, match=r"data_batch_2: not CIFAR's pickle"):
        cifar.read(Cifar10(root=str(tmp_path)), (3, 32, 32), known)
    with pytest.raises(UserError, match=r"data_batch_2: not the published file"):
        cifar.read(Cifar10(root=str(tmp_path)), (3, 32, 32), known | {"data_batch_2": "0"})
    assert ("", "") == capfd.readouterr()


def test_a_pickle_that_asks_for_gigabytes_is_refused_before_it_is_opened(tmp_path):
    write_pickles(tmp_path)
    known = hashes(tmp_path)
    (tmp_path / "data_batch_2").write_bytes(b"\x80\x02]" + b"(K\x00l" * 10 + b"r\xff\xff\xff\x7f.")
    with pytest.raises(UserError, match=r"data_batch_2: not the published file"):
        cifar.read(Cifar10(root=str(tmp_path)), (3, 32, 32), known)


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


def test_a_damaged_gzip_file_is_named(tmp_path):
    write_binary(tmp_path)
    (tmp_path / "test_batch.bin").unlink()
    (tmp_path / "test_batch.bin.gz").write_bytes(gzip.compress(bytes(3073))[:-9])
    assert "cut off or damaged" in failure(tmp_path).message


def test_a_file_that_is_far_too_large_is_not_read(tmp_path, monkeypatch):
    write_binary(tmp_path)
    monkeypatch.setattr(cifar, "MOST_BYTES", 5000)
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
    with pytest.raises(UserError, match="not the published file"):  # which shows that it was looked at
        read_dataset(config(root=str(tmp_path), download=True), (3, 32, 32))


def test_a_fetch_that_fails_is_one_line(monkeypatch, tmp_path):
    from torchvision.datasets import cifar  # noqa: PLC0415 -- slow to import

    def fetch(*_, **__):
        raise OSError("no network")

    monkeypatch.setattr(cifar, "download_and_extract_archive", fetch)
    with pytest.raises(UserError, match=r"cifar10 can't be fetched into .*no network") as caught:
        read_dataset(Cifar10(root=str(tmp_path), download=True), (3, 32, 32))
    assert "\n" not in caught.value.message


def test_a_file_that_can_not_be_read_is_named(tmp_path, monkeypatch):
    def refuse(*_):
        raise PermissionError(13, "Permission denied")

    write_binary(tmp_path)
    monkeypatch.setattr("pathlib.Path.open", refuse)
    assert f"{tmp_path / 'data_batch_1.bin'}: can't be read (Permission denied)" == failure(tmp_path).message
