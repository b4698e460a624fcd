"""NumPy's files: every order of axes, and every way to be wrong."""

import io
import zipfile
from collections import Counter

import numpy as np
import pytest

from cnnspec.core.errors import UserError
from cnnspec.data.class_count import check_outputs
from cnnspec.data.read import read_dataset
from cnnspec.settings.datasets.own import Npz
from tests.data.same import same, same_split

NOISE = np.random.default_rng(0)
STRAY = "Correct that label, or number the classes from 0 without gaps."
SHIFT = "Classes are numbered from 0: take 1 from each label."


def images(*shape):
    return NOISE.integers(0, 256, shape, np.uint8)


def read(tmp_path, shape, arrays, *, save=np.savez, **arguments):
    save(tmp_path / "a.npz", **arrays)
    return read_dataset(Npz(file=str(tmp_path / "a.npz"), **arguments), shape)


def failure(tmp_path, arrays, shape=(1, 4, 5)):
    with pytest.raises(UserError) as caught:
        read(tmp_path, shape, arrays)
    assert "\n" not in caught.value.message
    assert caught.value.message.startswith(str(tmp_path / "a.npz"))
    return caught.value.message


def keras():
    return {
        "x_train": images(6, 4, 5),
        "y_train": np.array([0, 1, 2, 0, 1, 2], np.uint8),
        "x_test": images(3, 4, 5),
        "y_test": np.array([2, 1, 0], np.int64),
    }


@pytest.mark.parametrize("save", [np.savez, np.savez_compressed])
def test_kerass_arrays_are_what_they_say(tmp_path, save):
    arrays = keras()
    raw = read(tmp_path, (1, 4, 5), arrays, save=save)
    assert ((6, 1, 4, 5), (3, 1, 4, 5)) == (raw.train.images.shape, raw.test.images.shape)
    assert arrays["x_train"].tobytes() == raw.train.images.tobytes()
    assert ([0, 1, 2, 0, 1, 2], [2, 1, 0]) == (raw.train.labels.tolist(), raw.test.labels.tolist())
    assert (None, ("0", "1", "2")) == (raw.validation, raw.class_names)


def test_a_validation_is_taken_where_it_is(tmp_path):
    raw = read(tmp_path, (1, 4, 5), keras() | {"x_val": images(2, 4, 5), "y_val": np.array([0, 1])})
    assert [0, 1] == raw.validation.labels.tolist()


@pytest.mark.parametrize("channels", [1, 3, 4])
@pytest.mark.parametrize("last", [True, False])
def test_channels_may_come_first_or_last(tmp_path, channels, last):
    first = images(6, channels, 7, 5)
    stored = first.transpose(0, 2, 3, 1) if last else first
    arrays = {"images": stored, "labels": np.array([0, 1, 0, 1, 0, 1])}
    raw = read(tmp_path, (channels, 7, 5), arrays)
    whole = [part.images.tobytes() for part in (raw.train, raw.test)]
    size = channels * 35
    found = {values[start : start + size] for values in whole for start in range(0, len(values), size)}
    assert {image.tobytes() for image in first} == found


def test_where_both_orders_could_be_meant_the_networks_input_decides(tmp_path):
    stored = images(4, 3, 5, 4)
    arrays = {"images": stored, "labels": np.array([0, 1, 0, 1])}
    assert (3, 5, 4) == read(tmp_path, (3, 5, 4), arrays).train.image_shape
    assert (4, 3, 5) == read(tmp_path, (4, 3, 5), arrays).train.image_shape


def test_arrays_of_fortrans_order_are_the_same(tmp_path):
    arrays = keras()
    raw = read(tmp_path, (1, 4, 5), arrays)
    fortran = {name: np.asfortranarray(value) for name, value in arrays.items()}
    assert same(raw, read(tmp_path, (1, 4, 5), fortran))


def test_labels_may_stand_in_a_column(tmp_path):
    arrays = keras()
    arrays["y_train"] = arrays["y_train"][:, None]
    assert [0, 1, 2, 0, 1, 2] == read(tmp_path, (1, 4, 5), arrays).train.labels.tolist()


def test_images_without_a_division_are_divided_by_class(tmp_path):
    arrays = {"images": images(20, 4, 5), "labels": np.array([0, 1] * 10)}
    raw = read(tmp_path, (1, 4, 5), arrays, test=0.3)
    assert Counter({0: 7, 1: 7}) == Counter(raw.train.labels)
    assert Counter({0: 3, 1: 3}) == Counter(raw.test.labels)
    stored = {image.tobytes(): label for image, label in zip(arrays["images"], arrays["labels"], strict=True)}
    for part in (raw.train, raw.test):
        values = part.images.tobytes()
        assert [stored[values[n * 20 : n * 20 + 20]] for n in range(len(part.labels))] == part.labels.tolist()
    assert not same_split(raw.test, read(tmp_path, (1, 4, 5), arrays, test=0.3, seed=1).test)


WRONG = {
    "of other names": (
        {"a": images(2, 4, 5)},
        "its arrays are a; x_train, y_train, x_test, y_test are expected",
    ),
    "without arrays": ({}, "its arrays are none"),
    "of floats": ({"x_train": np.zeros((6, 4, 5))}, "x_train is float64, uint8 is expected"),
    "of vectors": ({"x_train": images(6, 20)}, "x_train is 6×20; N×H×W"),
    "of two channels": ({"x_train": images(6, 2, 4, 5)}, "x_train is 6×2×4×5; N×H×W"),
    "of no images": ({"x_test": images(0, 4, 5), "y_test": np.array([], int)}, "y_test is empty"),
    "of images without rows": ({"x_test": images(3, 0, 5)}, "x_test is 3×0×5, which is empty"),
    "of one image": ({"x_test": np.uint8(3)}, "x_test is ; N×H×W"),
    "of other tests": ({"x_test": images(3, 5, 5)}, "x_train holds images of 1×4×5, x_test of 1×5×5"),
    "of fewer labels": ({"y_train": np.array([0, 1])}, "x_train holds 6 images, y_train 2 labels"),
    "of one-hot labels": ({"y_train": np.eye(6, 3, dtype=int)}, "y_train is int64 of 6×3, one whole number"),
    "of labels of floats": ({"y_train": np.zeros(6)}, "y_train is float64 of 6"),
    "of texts": ({"y_train": np.array(list("abcdef"))}, "y_train is <U1 of 6"),
    "of a negative label": ({"y_train": np.array([0, 1, -2, 0, 1, 2])}, "y_train[2] is -2, 0 to 99,999"),
    "of a large label": (
        {"y_test": np.array([0, 2**64 - 1, 1], np.uint64)},
        "y_test[1] is 18446744073709551615",
    ),
    "of one class": ({"y_train": np.zeros(6, int), "y_test": np.zeros(3, int)}, "one class, 0"),
    "of objects": ({"y_train": np.array([{}, 1, 2, 3, 4, 5], object)}, "holds Python objects"),
    "of images to validate with alone": ({"x_val": images(2, 4, 5)}, "it holds x_val, but no y_val"),
    "of labels to validate with alone": ({"y_val": np.array([0, 1])}, "it holds y_val, but no x_val"),
    "of both ways": ({"images": images(2, 4, 5)}, "it holds both x_train and images"),
}


def numbered(*labels):
    """Arrays of so many images, the same to train and to test with."""
    labels = np.array(labels)
    return {
        f"{axis}_{part}": value
        for part in ("train", "test")
        for axis, value in (("x", images(len(labels), 4, 5)), ("y", labels))
    }


GAPS = [
    (
        numbered(0, 1, 2, 30, 30),
        "y_train[3] is 30, the largest label, but only 4 classes of 31 have images",
        STRAY,
    ),
    (
        {"images": images(6, 4, 5), "labels": np.array([0, 0, 2, 9, 2, 9])},
        "labels[3] is 9, the largest label, but only 3 classes of 10 have images",
        STRAY,
    ),
    (
        numbered(0, 1, 2) | {"y_test": np.array([0, 7, 2])},
        "y_test[1] is 7, the largest label, but only 4 classes of 8 have images",
        STRAY,
    ),
    (numbered(1, 2, 3, 1), "y_train[2] is 3, the largest label, but only 3 classes of 4 have images", SHIFT),
    (numbered(1, 1), "y_train[0] is 1, the largest label, but only 1 class of 2 has images", SHIFT),
]


@pytest.mark.parametrize(("arrays", "message", "advised"), GAPS)
def test_labels_that_leave_numbers_out_are_told_where_the_network_has_too_few_outputs(
    tmp_path, arrays, message, advised
):
    raw = read(tmp_path, (1, 4, 5), arrays)
    with pytest.raises(UserError) as caught:
        check_outputs(raw, 1, "net")
    assert (f"{tmp_path / 'a.npz'}: {message}; net gives 1 number", advised) == (
        caught.value.message,
        caught.value.hint,
    )
    check_outputs(raw, len(raw.class_names), "net")


def test_labels_that_leave_no_number_out_have_nothing_to_be_told(tmp_path):
    assert read(tmp_path, (1, 4, 5), keras()).gaps is None


def hint(tmp_path, arrays):
    with pytest.raises(UserError) as caught:
        read(tmp_path, (1, 4, 5), keras() | arrays)
    return caught.value.hint


@pytest.mark.parametrize(
    ("stored", "advised"),
    [
        (np.linspace(0, 1, 120).reshape(6, 4, 5), "(255 * images).astype('uint8')"),
        (np.linspace(0, 255, 120).reshape(6, 4, 5), "images.astype('uint8')"),
        (np.linspace(0, 255, 120).reshape(6, 4, 5).astype(int), "images.astype('uint8')"),
        (np.linspace(0, 65535, 120).reshape(6, 4, 5).astype(np.uint16), "(images // 257).astype('uint8')"),
        (np.ones((6, 4, 5), bool), "(255 * images).astype('uint8')"),
    ],
)
def test_what_is_advised_of_images_that_are_no_bytes_works(tmp_path, stored, advised):
    assert f"Store {advised}." == hint(tmp_path, {"x_train": stored})
    images = eval(advised, {"images": stored})
    assert [images.min(), images.max()] == [255 if stored.dtype == bool else 0, 255]
    read(tmp_path, (1, 4, 5), keras() | {"x_train": images})


@pytest.mark.parametrize(
    "stored", [np.full((6, 4, 5), -1.0), np.full((6, 4, 5), 1e6), np.zeros((6, 4, 5), complex)]
)
def test_of_images_that_could_be_anything_the_scale_is_told(tmp_path, stored):
    assert "Store grey levels from 0 to 255." == hint(tmp_path, {"x_train": stored})


@pytest.mark.parametrize(
    ("labels", "advised"),
    [
        (np.array(list("abcabc")), "np.unique(labels, return_inverse=True)"),
        (np.array([0.0, 1, 2, 0, 1, 2]), "labels.astype(int)"),
        (np.eye(3)[[0, 1, 2, 0, 1, 2]], ".argmax(1)"),
    ],
)
def test_what_is_advised_of_labels_that_are_no_numbers(tmp_path, labels, advised):
    assert advised in hint(tmp_path, {"y_train": labels})


@pytest.mark.parametrize("how", WRONG)
def test_arrays_of_something_else_are_named(tmp_path, how):
    arrays, phrase = WRONG[how]
    whole = {} if how in {"of other names", "without arrays"} else keras()
    assert phrase in failure(tmp_path, whole | arrays)


def test_arrays_of_another_shape_than_the_networks_are_an_error(tmp_path):
    with pytest.raises(UserError, match="the images of npz are 1×4×5, the network takes 1×5×4"):
        read(tmp_path, (1, 5, 4), keras())


def test_a_file_that_is_not_there_is_told(tmp_path):
    with pytest.raises(UserError, match=r"can't be read \(No such file"):
        read_dataset(Npz(file=str(tmp_path / "none.npz")), (1, 4, 5))


def damaged(tmp_path):
    np.savez(tmp_path / "a.npz", **keras())
    whole = (tmp_path / "a.npz").read_bytes()
    single = io.BytesIO()
    np.save(single, images(3, 4, 5))
    return {
        "empty": b"",
        "a text": b"not zipped",
        "cut off": whole[:-40],
        "of wrong bytes": whole[:180] + b"?" + whole[181:],
        "a single array": single.getvalue(),
    }


@pytest.mark.parametrize("how", ["empty", "a text", "cut off", "of wrong bytes", "a single array"])
def test_a_damaged_file_is_named(tmp_path, how):
    (tmp_path / "b.npz").write_bytes(damaged(tmp_path)[how])
    with pytest.raises(UserError, match=r"b\.npz: damaged, or not what np\.savez writes") as caught:
        read_dataset(Npz(file=str(tmp_path / "b.npz")), (1, 4, 5))
    assert "\n" not in caught.value.message


def claim(shape, dtype="|u1", content=b""):
    head = f"{{'descr': {dtype!r}, 'fortran_order': False, 'shape': {shape}, }}".ljust(117) + "\n"
    return b"\x93NUMPY\x01\x00" + len(head).to_bytes(2, "little") + head.encode() + content


@pytest.mark.parametrize(
    ("member", "phrase"),
    [
        (claim((2**40, 28, 28)), "x_train claims 862,017,116,176,384 bytes, the file holds 128"),
        (claim((-1, 28, 28)), "damaged"),
        (claim((6, 4, 5), content=bytes(5)), "expected 120 bytes got 5"),
        (claim("__import__('os').system('echo bad')"), "damaged"),
        (b"no array", "damaged"),
    ],
)
def test_a_header_that_claims_too_much_is_not_believed(tmp_path, member, phrase, capfd):
    np.savez(tmp_path / "a.npz", **{name: value for name, value in keras().items() if name != "x_train"})
    with zipfile.ZipFile(tmp_path / "a.npz", "a") as archive:
        archive.writestr("x_train.npy", member)
    with pytest.raises(UserError) as caught:
        read_dataset(Npz(file=str(tmp_path / "a.npz")), (1, 4, 5))
    assert phrase in caught.value.message
    assert ("", "") == capfd.readouterr()


def test_a_header_whose_bracket_stays_open_is_damage(tmp_path):
    text = "{'descr': '|u1', 'fortran_order': False, 'shape': (3, 4, 5, "
    header = f"{text:<117}\n".encode()
    member = b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header
    np.savez(tmp_path / "a.npz", **{name: value for name, value in keras().items() if name != "x_train"})
    with zipfile.ZipFile(tmp_path / "a.npz", "a") as archive:
        archive.writestr("x_train.npy", member)
    with pytest.raises(UserError, match="damaged"):
        read_dataset(Npz(file=str(tmp_path / "a.npz")), (1, 4, 5))


def test_arrays_that_memory_can_not_hold_are_told(tmp_path, monkeypatch):
    monkeypatch.setattr("cnnspec.data.cpu_and_memory.os.sysconf", lambda _: 10)
    assert "to read y_train takes 0.0 GiB, this machine has 0.0 GiB of memory" in failure(
        tmp_path, keras() | {"y_train": np.zeros(600, int)}
    )
