"""Where images come from: memory or files, on any number of workers the same, to the last bit."""

import threading
from array import array

import pytest
import torch
from PIL import Image

from cnnspec.core.errors import UserError
from cnnspec.settings.train import Train
from cnnspec.train.data import memory, room
from cnnspec.train.data.order import evenly
from cnnspec.train.data.place import Place, placed
from cnnspec.train.data.raw import Files, Part, Pixels, Raw
from cnnspec.train.data.sets import divide
from cnnspec.train.data.source import Memory, Stream

CPU = torch.device("cpu")
COUNT = 30


@pytest.fixture
def pictures(tmp_path):
    """Files of 6×5 grey, each of another grey."""
    paths = tuple(tmp_path / f"{number}.png" for number in range(COUNT))
    for number, path in enumerate(paths):
        Image.new("L", (5, 6), 8 * number).save(path)
    return Files(paths, (1, 6, 5), "crop")


LABELS = torch.arange(COUNT) % 3
ORDER = torch.randperm(COUNT, generator=torch.Generator().manual_seed(1))
SIZES = [8, 8, 8, 6]


def batches(source):
    return [tuple(part.clone() for part in batch) for batch in source.batches(ORDER, SIZES)]


def equal(one, other):
    return all(torch.equal(a, b) for x, y in zip(one, other, strict=True) for a, b in zip(x, y, strict=True))


@pytest.mark.parametrize("workers", [0, 1, 3])
def test_files_are_decoded_alike_by_any_number_of_workers(pictures, workers):
    found = batches(Stream(pictures, LABELS, CPU, workers=workers, skip=False))
    pixels = torch.stack([torch.full((1, 6, 5), 8 * n, dtype=torch.uint8) for n in range(COUNT)])
    assert equal(batches(Memory(pixels, LABELS, CPU, CPU)), found)
    assert [8, 8, 8, 6] == [len(labels) for _, labels, _ in found]
    assert ORDER.tolist() == torch.cat([numbers for *_, numbers in found]).tolist()


@pytest.mark.parametrize("workers", [0, 2])
def test_a_file_that_cant_be_decoded_is_an_error_or_left_out_and_told(pictures, workers):
    broken = pictures.paths[7]
    broken.write_bytes(broken.read_bytes()[:40])
    with pytest.raises(UserError, match=r"7\.png"):
        batches(Stream(pictures, LABELS, CPU, workers=workers, skip=False))
    stream = Stream(pictures, LABELS, CPU, workers=workers, skip=True)
    numbers = torch.cat([numbers for *_, numbers in batches(stream)])
    assert [number for number in ORDER.tolist() if number != 7] == numbers.tolist()
    assert [(7, str(broken))] == [(number, bad.file) for number, bad in stream.bad.items()]


def test_a_batch_of_bad_files_alone_has_no_images(pictures):
    for number in ORDER[:8].tolist():
        pictures.paths[number].write_bytes(b"no image")
    found = batches(Stream(pictures, LABELS, CPU, workers=2, skip=True))
    assert [0, 8, 8, 6] == [len(labels) for _, labels, _ in found]


def test_who_stops_early_leaves_no_thread_behind(pictures):
    before = threading.active_count()
    stream = Stream(pictures, LABELS, CPU, workers=3, skip=False).batches(ORDER, SIZES)
    next(stream)
    stream.close()
    assert before == threading.active_count()


@torch.inference_mode()
def test_files_are_decoded_while_the_network_is_tested(pictures):
    found = batches(Stream(pictures, LABELS, CPU, workers=2, skip=False))
    assert [8 * number for number in ORDER.tolist()] == [
        int(image[0, 0, 0]) for batch in found for image in batch[0]
    ]


def raw_of(images, labels=None, **others):
    part = Part(images, array("q", (labels or LABELS.tolist())))
    return Raw(part, None, part, ("a", "b", "c"), **others)


def test_files_are_decoded_into_memory_where_there_is_room_and_not_where_there_is_none(pictures):
    raw = raw_of(pictures)
    kept = Place.of(raw, Train(), CPU)
    assert ("ram", "in memory, 1.8 KiB") == (kept.home, kept.told)
    files = Place.of(raw, Train(cache="none", workers=2), CPU)
    assert ("none", "decoded by 2 threads") == (files.home, files.told)
    assert Place.of(raw, Train(cache="none", workers=0), CPU).told == "decoded as they are needed"
    memory, stream = placed(raw.train, kept), placed(raw.train, files)
    assert (Memory, Stream) == (type(memory), type(stream))
    assert equal(batches(memory), batches(stream))


def test_sets_tell_of_each_bad_file_once(pictures):
    pictures.paths[3].write_bytes(b"no image")
    sets = divide(raw_of(pictures, on_bad="skip"), Train(batch_size=8, validation=0.2), CPU)
    assert [str(pictures.paths[3])] == [file for file, _ in sets.newly_bad()]
    assert [] == sets.newly_bad()


def test_images_of_a_validation_of_its_own_are_validated_with(pictures):
    part = Part(pictures, array("q", LABELS.tolist()))
    few = Part(Files(pictures.paths[:6], (1, 6, 5), "crop"), array("q", [0, 1, 2, 0, 1, 2]))
    sets = divide(Raw(part, few, few, ("a", "b", "c")), Train(batch_size=8), CPU)
    assert (COUNT, 6) == (len(sets.fit_F), len(sets.validation_V))
    assert [6] == [len(labels) for _, labels in sets.validation_batches(8)]


def test_the_scale_of_a_stream_is_that_of_memory(pictures):
    raw = raw_of(pictures)
    scales = [
        divide(raw, Train(batch_size=8, cache=cache, validation=0), CPU).augment.scale
        for cache in ("ram", "none")
    ]
    assert scales[0] == scales[1]


def test_where_no_image_can_be_read_that_is_told(pictures):
    for path in pictures.paths:
        path.write_bytes(b"no image")
    raw = raw_of(pictures, on_bad="skip")
    for cache in ("none", "ram"):
        with pytest.raises(UserError, match="no image of the training set can be read"):
            divide(raw, Train(batch_size=8, cache=cache, validation=0), CPU)


def test_a_class_that_loses_all_its_images_is_told(pictures):
    lost = int(LABELS[0])
    for path, label in zip(pictures.paths, LABELS.tolist(), strict=True):
        if label == lost:
            path.write_bytes(b"no image")
    raw = raw_of(pictures, on_bad="skip")
    with pytest.raises(UserError, match=f"no image of class {raw.class_names[lost]} to train with"):
        divide(raw, Train(batch_size=8, validation=0), CPU)


def test_a_part_that_lacks_classes_says_which(pictures):
    few = Part(Files(pictures.paths[:1], (1, 6, 5), "crop"), array("q", [1]))
    good = Part(pictures, array("q", LABELS.tolist()))
    assert () == Raw(good, good, good, ("a", "b", "c")).lacking
    assert ("no image to validate with: a, c",) == Raw(good, few, good, ("a", "b", "c")).lacking
    many = Raw(good, None, few, tuple("abcdefghi"))
    assert (
        "no image to train with: d, e, f, g, h, …",
        "no image to test with: a, c, d, e, f, …",
    ) == many.lacking


def test_a_digest_tells_images_and_labels_apart_and_not_where_they_lie(pictures, tmp_path):
    part = Part(pictures, array("q", LABELS.tolist()))
    moved = [tmp_path / "elsewhere" / path.name for path in pictures.paths]
    assert part.digest == Part(pictures._replace(paths=tuple(moved)), part.labels).digest
    fewer = Part(pictures._replace(paths=pictures.paths[:-1]), part.labels[:-1])
    others = Part(pictures, array("q", (LABELS + 1).tolist()))
    one, other = (Part(Pixels((2, 1, 1, 1), bytearray(two)), array("q", [0, 1])) for two in (b"ab", b"ac"))
    digests = [found.digest for found in (part, fewer, others, one, other)]
    assert len(set(digests)) == len(digests)


def test_where_no_image_to_validate_with_can_be_read_that_is_told(pictures, tmp_path):
    (tmp_path / "bad.png").write_bytes(b"no image")
    bad = Part(Files((tmp_path / "bad.png",), (1, 6, 5), "crop"), array("q", [0]))
    good = Part(pictures, array("q", LABELS.tolist()))
    with pytest.raises(UserError, match="no image of the validation set can be read"):
        divide(Raw(good, bad, good, ("a", "b", "c"), on_bad="skip"), Train(batch_size=8), CPU)


def test_some_of_many_are_spread_evenly():
    assert [0, 3, 6] == evenly(torch.arange(10), 3).tolist()
    assert [0, 1, 2, 3, 4, 6, 7, 8, 9] == evenly(torch.arange(11), 9).tolist()
    assert 5_000 == len(evenly(torch.arange(10_001), 5_000).unique())
    assert list(range(10)) == evenly(torch.arange(10), 10).tolist() == evenly(torch.arange(10), 11).tolist()
    assert [] == evenly(torch.arange(0), 3).tolist()


def test_auto_keeps_images_with_the_network_then_in_memory_then_nowhere(monkeypatch):
    monkeypatch.setattr(room, "memory", lambda: 4000)
    monkeypatch.setattr(torch.cuda, "mem_get_info", lambda _device: (2000, 9000))
    cuda = torch.device("cuda")
    assert ["device", "ram", "none"] == [
        room.choose("auto", size, cuda, files=True) for size in (500, 1000, 1001)
    ]
    assert ["ram", "none"] == [room.choose("auto", size, CPU, files=True) for size in (1000, 1001)]
    assert room.choose("auto", 3000, CPU, files=False) == "ram"
    assert room.choose("device", 100, CPU, files=True) == "ram"
    assert room.choose("device", 1500, cuda, files=True) == "device"
    assert room.choose("none", 10, CPU, files=True) == "none"


@pytest.mark.parametrize(
    ("cache", "size", "files", "message"),
    [
        ("ram", 3001, True, "cache: ram takes 2.9 KiB; of 3.9 KiB it may take 2.9 KiB"),
        ("device", 1501, True, "cache: device takes 1.5 KiB; of 2.0 KiB it may take 1.5 KiB"),
        ("device", 5000, False, "cache: device takes 4.9 KiB; of 2.0 KiB it may take 1.5 KiB"),
    ],
)
def test_a_place_that_would_be_more_than_three_quarters_full_is_an_error(
    monkeypatch, cache, size, files, message
):
    monkeypatch.setattr(room, "memory", lambda: 4000)
    monkeypatch.setattr(torch.cuda, "mem_get_info", lambda _device: (2000, 9000))
    cuda = torch.device("cuda")
    with pytest.raises(UserError) as caught:
        room.choose(cache, size, cuda, files=files)
    assert (message, "Write `cache: auto`.") == (caught.value.message, caught.value.hint)
    room.choose("auto", size, cuda, files=files)


def test_files_are_decoded_in_memory_also_for_a_device_with_more_of_it(monkeypatch):
    monkeypatch.setattr(room, "memory", lambda: 400)
    monkeypatch.setattr(torch.cuda, "mem_get_info", lambda _device: (2000, 9000))
    cuda = torch.device("cuda")
    with pytest.raises(UserError, match=r"cache: device takes 0\.3 KiB; of 0\.4 KiB it may take 0\.3 KiB"):
        room.choose("device", 301, cuda, files=True)
    assert ["device", "none"] == [room.choose("auto", size, cuda, files=True) for size in (300, 301)]
    assert room.choose("auto", 301, cuda, files=False) == "device"


def test_what_is_in_memory_already_may_stay_there(monkeypatch):
    monkeypatch.setattr(room, "memory", lambda: 4000)
    assert ["ram", "ram"] == [room.choose(cache, 3900, CPU, files=False) for cache in ("ram", "device")]
    with pytest.raises(UserError, match="cache: device takes"):
        room.choose("device", 3900, CPU, files=True)


def test_memory_is_a_containers_where_it_says_so(monkeypatch, tmp_path):
    limit = tmp_path / "memory.max"
    monkeypatch.setattr(memory, "_CGROUP", limit)
    whole = memory.memory()
    limit.write_text("max\n")
    assert whole == memory.memory()
    limit.write_text("12345\n")
    assert memory.memory() == 12345


def test_sizes_are_readable():
    assert ["0.5 KiB", "112.3 KiB", "1.5 GiB", "2,048.0 GiB"] == [
        memory.shown(size) for size in (512, 115_000, 1.5 * 2**30, 2**41)
    ]


def test_pixels_know_their_shape_and_size():
    pixels = Pixels((2, 3, 4, 5), bytearray(120))
    assert ((3, 4, 5), 120) == (pixels.shape, pixels.size)
