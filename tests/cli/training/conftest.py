"""Commands train small networks, on one thread: with more, most of their time is threads that wait for each other."""

from tests.runner.conftest import one_thread

__all__ = ["one_thread"]
