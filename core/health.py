"""Running health tests of the entropy, on the bytes as they are used. They fail closed.

    source --read--> Monitor (tests, latch) --read--> TurnRng --draws--> Monitor.witness (rolling chi-square)

The kernel tests its own sources and stretches them with a cipher; no test can see whether that cipher is strong. These
see what breaks between the kernel and a draw: a source that is stuck, repeats itself, falls short, or is plainly uneven.
The first failure is final for the process: every later read raises `Unhealthy`, and `require` keeps new rounds out.

Every cut-off is set so that an alarm is never noise: at a thousand turns a second, of up to 48 bytes each, each test gives a
false one less than once in a hundred years. NIST SP 800-90B, 4.4, which the first two come from, allows 2**-20 a look.
"""

from collections.abc import Callable, Sequence
from itertools import pairwise
from threading import Lock
from typing import NamedTuple

from ports.randomness import Draw, Entropy, Unhealthy

REPETITIONS = 7
"""So many equal bytes in a row fail: repetition count, SP 800-90B 4.4.1, C = 1 + ceil(48 / 8), false alarms 2**-48 a byte
at 8 bits of entropy in each. It looks within a read; what is stuck across reads is caught by the third test."""
WINDOW = 512
"""Bytes of one adaptive proportion test, SP 800-90B 4.4.2."""
PROPORTION = 19
"""So many of a window's bytes equal to its first one fail: C = 1 + CRITBINOM(512, 2**-8, 1 - 2**-40), SP 800-90B 4.4.2,
false alarms 2**-40 a window."""
MARKED = 8
"""Reads of so many bytes are compared with the one before: false alarms 2**-64 a read."""
STARTUP = 4096
"""Bytes that are tested before any is used, and then dropped; SP 800-90B 4.3 asks for 1,024 samples."""
DEVIATIONS = 7.0
"""A chi-square fails beyond so many normal deviations: false alarms 2**-39 a table."""
CELLS = 64
"""Outcomes below a larger bound are counted in so many cells."""
FULL = 200
"""A table is judged, and begun anew, once it holds so many outcomes for each cell."""
TABLES = 256
"""Bounds that are watched, at most: the first ones to be drawn below."""
WITNESSED = 256
"""Draws of one turn that are counted, from its first on."""

LARGE = 4096
"""Reads of so many bytes are sieved first."""

_STUCK = bytes(REPETITIONS - 1)
_SUSPECT = bytes(REPETITIONS // 2 - 1)


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
        self._counting = Lock()
        self._latching = Lock()
        self._failure = ""
        self._windows = 0
        self._witnessed = 0
        self._state = 0, b"", WINDOW, 0
        self._tables: dict[int, list[int]] = {}
        self._seen: dict[int, int] = {}
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
        if repeats(block) if count < LARGE else _repeats_somewhere(block):
            raise self._fail(f"repetition count: {REPETITIONS} equal bytes in a row")
        # One tuple, replaced whole: threads may lose each other's counts, never add to them. A lock costs as much as all.
        last, sample, seen, equal = self._state
        mark = hash(block if count < LARGE else block[:LARGE])
        if mark == last and count >= MARKED:
            raise self._fail("stuck source: the same block twice")
        if seen + count > WINDOW:
            sample, seen, equal = self._proportion(block, sample, seen, equal)
        else:
            equal += block.count(sample)
            seen += count
            if equal >= PROPORTION:
                raise self._disproportion(equal)
        self._state = mark, sample, seen, equal
        return block

    def stop(self, reason: str) -> None:
        """Stop all drawing for a reason found elsewhere, such as a file of ours that is not as it was installed."""
        self._fail(reason)

    def require(self) -> None:
        """Raise `Unhealthy` if nothing may be drawn. Called before money moves."""
        if self._failure:
            raise Unhealthy(self._failure)

    @property
    def health(self) -> Health:
        """For readiness and for metrics."""
        return Health(not self._failure, self._failure, self._windows * WINDOW + self._state[2], self._witnessed)

    def witness(self, draws: Sequence[Draw]) -> None:
        """Count the outcomes of a turn; judge each table of them when it is full.

        Pearson's chi-square against equal chances. A failure stops later reads and rounds; it raises nothing, as this
        turn is over.
        """
        verdicts = []
        with self._counting:
            for _, bound, value in draws[:WITNESSED]:
                table = self._tables.get(bound)
                if table is None:
                    if bound == 1 or len(self._tables) >= TABLES:
                        continue
                    table = self._tables[bound] = [0] * min(bound, CELLS)
                cells = len(table)
                table[value * cells // bound] += 1
                self._witnessed += 1
                seen = self._seen[bound] = self._seen.get(bound, 0) + 1
                if seen == FULL * cells:
                    verdicts.append(_judge(bound, table))
                    del self._tables[bound], self._seen[bound]
        for verdict in filter(None, verdicts):
            self._fail(verdict)

    def _start(self) -> None:
        """The start-up test: all running tests, and a chi-square of the bytes."""
        try:
            block = self.read(STARTUP)
        except Unhealthy:
            return
        counts = [block.count(byte) for byte in range(256)]
        if deviation(counts, [STARTUP / 256] * 256) > DEVIATIONS:
            self._fail("start-up: the bytes are not evenly distributed")

    def _proportion(self, block: bytes, sample: bytes, seen: int, equal: int) -> tuple[bytes, int, int]:
        """Adaptive proportion where `block` goes beyond the window: end it, do whole ones, begin the next."""
        at = WINDOW - seen
        equal += block.count(sample, 0, at)
        if equal >= PROPORTION:
            raise self._disproportion(equal)
        last = len(block) - (len(block) - at - 1) % WINDOW - 1
        for start in range(at, last, WINDOW):
            equal = block.count(block[start], start, start + WINDOW)
            if equal >= PROPORTION:
                raise self._disproportion(equal)
        self._windows += (last - at) // WINDOW + 1
        sample = block[last : last + 1]
        equal = block.count(sample, last)
        if equal >= PROPORTION:
            raise self._disproportion(equal)
        return sample, len(block) - last, equal

    def _disproportion(self, equal: int) -> Unhealthy:
        return self._fail(f"adaptive proportion: one byte {equal} times among {WINDOW}")

    def _fail(self, reason: str) -> Unhealthy:
        """Latch the first failure, tell of it once."""
        with self._latching:
            first = not self._failure
            self._failure = self._failure or reason
        if first and self._alarm is not None:
            self._alarm(reason)
        return Unhealthy(self._failure)


def repeats(block: bytes) -> bool:
    """Whether `REPETITIONS` equal bytes follow each other: then the differences of neighbours have a run of zeros."""
    number = int.from_bytes(block, "little")
    return (number ^ number >> 8).to_bytes(len(block), "little").find(_STUCK, 0, -1) >= 0


def _repeats_somewhere(block: bytes) -> bool:
    """The same of a large block, at half the cost: only where three of every other byte are equal can seven in a row be."""
    half = block[::2]
    number = int.from_bytes(half, "little")
    differences = (number ^ number >> 8).to_bytes(len(half), "little")
    at = differences.find(_SUSPECT)
    while at >= 0:
        if repeats(block[max(0, 2 * at - REPETITIONS) : 2 * at + 2 * REPETITIONS]):
            return True
        at = differences.find(_SUSPECT, at + 1)
    return False


def _judge(bound: int, counts: Sequence[int]) -> str:
    """What is wrong with outcomes counted in equal parts of 0 .. bound-1; empty if nothing."""
    edges = [-(-cell * bound // len(counts)) for cell in range(len(counts) + 1)]
    expected = [sum(counts) * (high - low) / bound for low, high in pairwise(edges)]
    how_far = deviation(counts, expected)
    return f"chi-square: outcomes below {bound} are {how_far:.1f} deviations from even" if how_far > DEVIATIONS else ""


def deviation(counts: Sequence[int], expected: Sequence[float]) -> float:
    """Pearson's chi-square of `counts`, as a normal deviate (Wilson and Hilferty 1931). For statistics, never outcomes."""
    freedom = len(counts) - 1
    square = sum((count - mean) ** 2 / mean for count, mean in zip(counts, expected, strict=True))
    scale = 2 / (9 * freedom)
    return float(((square / freedom) ** (1 / 3) - (1 - scale)) / scale**0.5)
