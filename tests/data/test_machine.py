"""Memory and cores, as far as this process may use them."""

import os
import resource

from cnnspec.data.cpu_and_memory import available_cores, byte_count, total_memory


def test_the_threads_are_as_many_as_the_cores_that_may_be_used(monkeypatch):
    monkeypatch.setattr(os, "cpu_count", lambda: 64)
    monkeypatch.setattr(os, "sched_getaffinity", lambda _process: {0, 5, 7}, raising=False)
    assert 3 == available_cores()
    monkeypatch.delattr(os, "sched_getaffinity")
    assert 64 == available_cores()
    monkeypatch.setattr(os, "cpu_count", lambda: None)
    assert 1 == available_cores()


def test_memory_is_a_containers_where_it_says_so(tmp_path):
    limit = tmp_path / "memory.max"
    whole = total_memory(limit)
    limit.write_text("max\n")
    assert whole == total_memory(limit)
    limit.write_text("12345\n")
    assert total_memory(limit) == 12345


def test_memory_is_what_the_shell_allows(monkeypatch, tmp_path):
    monkeypatch.setattr(resource, "getrlimit", lambda _what: (4096, resource.RLIM_INFINITY))
    assert total_memory(tmp_path / "memory.max") == 4096


def test_sizes_are_readable():
    assert ["0.5 KiB", "112.3 KiB", "1.5 GiB", "2,048.0 GiB"] == [
        byte_count(size) for size in (512, 115_000, 1.5 * 2**30, 2**41)
    ]
