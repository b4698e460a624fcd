"""Files decoded by any number of workers give the same batches as memory, to the last bit."""

import threading

import pytest
import torch

from cnnspec.core.errors import UserError
from cnnspec.data.loader import FileLoader, MemoryLoader
from tests.data.greys import COUNT, CPU, LABELS, ORDER, SIZES, batches, equal


@pytest.mark.parametrize("workers", [0, 1, 3])
def test_files_are_decoded_alike_by_any_number_of_workers(pictures, workers):
    found = batches(FileLoader(pictures, LABELS, CPU, workers=workers, skip=False))
    pixels = torch.stack([torch.full((1, 6, 5), 8 * n, dtype=torch.uint8) for n in range(COUNT)])
    assert equal(batches(MemoryLoader(pixels, LABELS, CPU, CPU)), found)
    assert [8, 8, 8, 6] == [len(labels) for _, labels, _ in found]
    assert ORDER.tolist() == torch.cat([numbers for *_, numbers in found]).tolist()


@pytest.mark.parametrize("workers", [0, 2])
def test_a_file_that_cant_be_decoded_is_an_error_or_left_out_and_told(pictures, workers):
    broken = pictures.paths[7]
    broken.write_bytes(broken.read_bytes()[:40])
    with pytest.raises(UserError, match=r"7\.png"):
        batches(FileLoader(pictures, LABELS, CPU, workers=workers, skip=False))
    stream = FileLoader(pictures, LABELS, CPU, workers=workers, skip=True)
    numbers = torch.cat([numbers for *_, numbers in batches(stream)])
    assert [number for number in ORDER.tolist() if number != 7] == numbers.tolist()
    assert [(7, str(broken))] == [(number, bad.file) for number, bad in stream.bad.items()]


def test_a_batch_of_bad_files_alone_has_no_images(pictures):
    for number in ORDER[:8].tolist():
        pictures.paths[number].write_bytes(b"no image")
    found = batches(FileLoader(pictures, LABELS, CPU, workers=2, skip=True))
    assert [0, 8, 8, 6] == [len(labels) for _, labels, _ in found]


def test_who_stops_early_leaves_no_thread_behind(pictures):
    before = threading.active_count()
    stream = FileLoader(pictures, LABELS, CPU, workers=3, skip=False).batches(ORDER, SIZES)
    next(stream)
    stream.close()
    assert before == threading.active_count()


@torch.inference_mode()
def test_files_are_decoded_while_the_network_is_tested(pictures):
    found = batches(FileLoader(pictures, LABELS, CPU, workers=2, skip=False))
    assert [8 * number for number in ORDER.tolist()] == [
        int(image[0, 0, 0]) for batch in found for image in batch[0]
    ]
