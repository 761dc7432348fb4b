"""Each operator may occupy only so many threads, and all together: those that hang cannot take the house with them."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from threading import BoundedSemaphore


class Busy(Exception):
    """As much is being done for this operator, or for all, as may be; come back in a moment."""


class Gate:
    """Counts who is inside, for each operator and for all."""

    def __init__(self, threads: Mapping[str, int], together: int) -> None:
        """`threads`: for each operator. `together`: for all of them at once."""
        self._together = BoundedSemaphore(together)
        self._places = {operator: BoundedSemaphore(limit) for operator, limit in threads.items()}

    @contextmanager
    def within(self, operator: str) -> Iterator[None]:
        """Hold one of the operator's places. Raises `Busy` at once if there is none.

        An operator that is not configured has no wallet to wait for, and so no limit.
        """
        places = self._places.get(operator)
        if places is None:
            yield
            return
        if not places.acquire(blocking=False):
            raise Busy(f"everything that may be done for operator {operator} at once is being done")
        try:
            if not self._together.acquire(blocking=False):
                raise Busy("everything that may be done for operators at once is being done")
            try:
                yield
            finally:
                self._together.release()
        finally:
            places.release()
