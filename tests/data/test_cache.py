"""Where images are kept: with the network, in memory, or nowhere."""

import pytest
import torch

from cnnspec.core.errors import UserError
from cnnspec.data.cache import Cache, cache_location
from cnnspec.data.loader import FileLoader, MemoryLoader
from cnnspec.settings.train import Train
from tests.data.greys import CPU, batches, dataset_of, equal


def test_files_are_decoded_into_memory_where_there_is_room_and_not_where_there_is_none(pictures):
    raw = dataset_of(pictures)
    kept = Cache.of(raw, Train(), CPU)
    assert ("ram", "in memory, 1.8 KiB") == (kept.location, kept.words)
    files = Cache.of(raw, Train(cache="none", workers=2), CPU)
    assert ("none", "decoded by 2 threads") == (files.location, files.words)
    assert Cache.of(raw, Train(cache="none", workers=0), CPU).words == "decoded as they are needed"
    memory, stream = kept.loader(raw.train), files.loader(raw.train)
    assert (MemoryLoader, FileLoader) == (type(memory), type(stream))
    assert equal(batches(memory), batches(stream))


def test_auto_keeps_images_with_the_network_then_in_memory_then_nowhere(monkeypatch):
    monkeypatch.setattr("cnnspec.data.cache.total_memory", lambda: 4000)
    monkeypatch.setattr(torch.cuda, "mem_get_info", lambda _device: (2000, 9000))
    cuda = torch.device("cuda")
    assert ["device", "ram", "none"] == [
        cache_location("auto", size, cuda, files=True) for size in (500, 1000, 1001)
    ]
    assert ["ram", "none"] == [cache_location("auto", size, CPU, files=True) for size in (1000, 1001)]
    assert cache_location("auto", 3000, CPU, files=False) == "ram"
    assert cache_location("device", 100, CPU, files=True) == "ram"
    assert cache_location("device", 1500, cuda, files=True) == "device"
    assert cache_location("none", 10, CPU, files=True) == "none"


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
    monkeypatch.setattr("cnnspec.data.cache.total_memory", lambda: 4000)
    monkeypatch.setattr(torch.cuda, "mem_get_info", lambda _device: (2000, 9000))
    cuda = torch.device("cuda")
    with pytest.raises(UserError) as caught:
        cache_location(cache, size, cuda, files=files)
    assert (message, "Write `cache: auto`.") == (caught.value.message, caught.value.hint)
    cache_location("auto", size, cuda, files=files)


def test_files_are_decoded_in_memory_also_for_a_device_with_more_of_it(monkeypatch):
    monkeypatch.setattr("cnnspec.data.cache.total_memory", lambda: 400)
    monkeypatch.setattr(torch.cuda, "mem_get_info", lambda _device: (2000, 9000))
    cuda = torch.device("cuda")
    with pytest.raises(UserError, match=r"cache: device takes 0\.3 KiB; of 0\.4 KiB it may take 0\.3 KiB"):
        cache_location("device", 301, cuda, files=True)
    assert ["device", "none"] == [cache_location("auto", size, cuda, files=True) for size in (300, 301)]
    assert cache_location("auto", 301, cuda, files=False) == "device"


def test_what_is_in_memory_already_may_stay_there(monkeypatch):
    monkeypatch.setattr("cnnspec.data.cache.total_memory", lambda: 4000)
    assert ["ram", "ram"] == [cache_location(cache, 3900, CPU, files=False) for cache in ("ram", "device")]
    with pytest.raises(UserError, match="cache: device takes"):
        cache_location("device", 3900, CPU, files=True)
