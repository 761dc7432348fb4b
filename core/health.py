"""Running health tests of the entropy, on the bytes as they are used. They fail closed.

    source --read--> Monitor (tests, latch) --read--> TurnRng --draws--> Monitor.witness (rolling chi-square)

The kernel tests its own sources and stretches them with a cipher; no test can see whether that cipher is strong. These
see what breaks between the kernel and a draw: a source that is stuck, repeats itself, falls short, or is plainly biased.
The first failure is final for the process: every later read raises `Unhealthy`, and `require` keeps new rounds out.

Every cut-off is set for a false alarm once in about 2**40 looks, so an alarm is never noise (NIST SP 800-90B, 4.4, allows
2**-20 to 2**-40). With one read of 96 bytes a turn and 1,000 turns a second, that is a false stop in about 35 years for
each of the tests.
"""

from collections.abc import Callable, Sequence
from threading import Lock
from typing import NamedTuple

from ports.randomness import Draw, Entropy, Unhealthy

REPETITIONS = 6
"""So many equal bytes in a row fail: repetition count test, SP 800-90B 4.4.1, C = 1 + ceil(40 / 8) for a false alarm rate
of 2**-40 a byte and 8 bits of entropy in each."""
WINDOW = 512
"""Bytes of one adaptive proportion test, SP 800-90B 4.4.2."""
PROPORTION = 19
"""So many of a window's bytes equal to its first one fail: C = 1 + CRITBINOM(512, 2**-8, 1 - 2**-40), 4.4.2."""
STARTUP = 4096
"""Bytes that are tested before any is used, and then dropped; SP 800-90B 4.3 asks for 1,024 samples."""
DEVIATIONS = 7.0
"""A chi-square fails where its tail is below that of a normal variable beyond so many deviations, 1.3e-12 = 2**-39.5."""
CELLS = 64
"""Outcomes below a larger bound are counted in so many cells."""
FULL = 200
"""A table is judged, and begun anew, once it holds so many outcomes for each cell."""
TABLES = 256
"""Bounds that are watched, at most: the first ones to be drawn below."""
WITNESSED = 256
"""Draws of one turn that are counted, from its first on."""

_STUCK = bytes(REPETITIONS - 1)


class Health(NamedTuple):
    """What the monitor has seen."""

    sound: bool
    reason: str
    """Which test failed and how; empty while all is well."""
    tested: int
    """Bytes, those of the start-up test included."""
    witnessed: int
    """Outcomes counted by the chi-square."""


class Monitor:
    """An `Entropy` that tests every byte it passes on. Shared by all threads of a process."""

    def __init__(self, source: Entropy, *, alarm: Callable[[str], None] | None = None) -> None:
        """Runs the start-up test. A source that fails it makes a monitor that gives nothing; nothing is raised here.

        `alarm` is called once, with the reason, when the first test fails.
        """
        self._source = source
        self._alarm = alarm
        self._lock = Lock()
        self._failure = ""
        self._tested = 0
        self._witnessed = 0
        self._last = 0
        self._sample, self._seen, self._equal = 0, WINDOW, 0
        self._tables: dict[int, list[int]] = {}
        self._start()

    def read(self, count: int) -> bytes:
        """`count` tested bytes. Raises `Unhealthy`, from the first failure on for ever."""
        if self._failure:
            raise Unhealthy(self._failure)
        try:
            block = self._source.read(count)
        except Unhealthy as problem:
            raise self._fail(str(problem)) from problem
        if len(block) != count:
            raise self._fail(f"short read: {len(block)} bytes of {count}")
        number = int.from_bytes(block, "little")
        if (number ^ number >> 8).to_bytes(count, "little").find(_STUCK, 0, -1) >= 0:
            raise self._fail(f"repetition count: {REPETITIONS} equal bytes in a row")
        with self._lock:
            self._compare(block)
            self._proportion(block)
            self._tested += count
        return block

    def require(self) -> None:
        """Raise `Unhealthy` if nothing may be drawn. Called before money moves."""
        if self._failure:
            raise Unhealthy(self._failure)

    @property
    def health(self) -> Health:
        """For readiness and for metrics."""
        return Health(not self._failure, self._failure, self._tested, self._witnessed)

    def witness(self, draws: Sequence[Draw]) -> None:
        """Count the outcomes of a turn; judge each table of them when it is full.

        Pearson's chi-square against equal chances, with the Wilson-Hilferty normal approximation (1931), which here errs
        towards fewer alarms. A failure stops later reads and rounds; it raises nothing, as this turn is over.
        """
        with self._lock:
            for _, bound, value in draws[:WITNESSED]:
                table = self._tables.get(bound)
                if table is None:
                    if bound == 1 or len(self._tables) >= TABLES:
                        continue
                    table = self._tables[bound] = [0] * (min(bound, CELLS) + 1)
                cells = len(table) - 1
                table[value * cells // bound] += 1
                table[cells] += 1
                self._witnessed += 1
                if table[cells] >= FULL * cells:
                    self._judge(bound, table[:cells])
                    table[:] = [0] * (cells + 1)

    def _start(self) -> None:
        """The start-up test: all running tests, and a chi-square of the bytes."""
        try:
            block = self.read(STARTUP)
        except Unhealthy:
            return
        counts = [block.count(byte) for byte in range(256)]
        if deviation(counts, [STARTUP / 256] * 256) > DEVIATIONS:
            self._fail("start-up: the bytes are not evenly distributed")

    def _compare(self, block: bytes) -> None:
        """Stuck source: no block comes twice in a row. Only a keyed 64-bit hash of the last one is kept."""
        mark = hash(block)
        if mark == self._last:
            raise self._fail("stuck source: the same block twice")
        self._last = mark

    def _proportion(self, block: bytes) -> None:
        """Adaptive proportion, over windows that go across reads."""
        at, size = 0, len(block)
        while at < size:
            if self._seen == WINDOW:
                self._sample, self._seen, self._equal = block[at], 0, 0
            take = min(size - at, WINDOW - self._seen)
            self._equal += block.count(self._sample, at, at + take)
            self._seen += take
            at += take
            if self._equal >= PROPORTION:
                raise self._fail(f"adaptive proportion: one byte {self._equal} times among {self._seen}")

    def _judge(self, bound: int, counts: list[int]) -> None:
        cells, total = len(counts), sum(counts)
        edges = [-(-cell * bound // cells) for cell in range(cells + 1)]
        expected = [total * (high - low) / bound for low, high in zip(edges, edges[1:], strict=False)]
        how_far = deviation(counts, expected)
        if how_far > DEVIATIONS:
            self._fail(f"chi-square: outcomes below {bound} are {how_far:.1f} deviations from even")

    def _fail(self, reason: str) -> Unhealthy:
        """Latch the first failure, tell of it once."""
        first = not self._failure
        if first:
            self._failure = reason
            if self._alarm is not None:
                self._alarm(reason)
        return Unhealthy(self._failure)


def deviation(counts: Sequence[int], expected: Sequence[float]) -> float:
    """Pearson's chi-square of `counts`, as a normal deviate (Wilson and Hilferty 1931). Statistics only, never an outcome."""
    freedom = len(counts) - 1
    square = sum((count - mean) ** 2 / mean for count, mean in zip(counts, expected, strict=True))
    scale = 2 / (9 * freedom)
    return float(((square / freedom) ** (1 / 3) - (1 - scale)) / scale**0.5)
