"""Judges that nobody here wrote: dieharder, rngtest and ent. They pass our output, and must not pass bad generators.

collected bytes --file--> ent, rngtest, dieharder -> none may object; if one does, it is asked again on fresh bytes
teeth --> the same judges, our outcome tests, linear complexity -> each must be caught by one of them at least
"""

import re
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from threading import Thread
from typing import IO, Any

import numpy as np

from adapters.simulation.randomness import outcomes, sp800_22, teeth
from adapters.simulation.randomness.streams import Streams
from adapters.simulation.randomness.tails import chi_square_tail, poisson_tail

PACKAGES = "dieharder ent rng-tools5"
MIB = 1 << 20
SHORT = 8 * MIB
"""Bytes of the short form; each test of dieharder below takes less, so that none sees the same bytes twice."""
LONG = 1024 * MIB
DIEHARDER = {
    "rank 32x32": "-d 2 -t 1000 -p 50",
    "count the ones": "-d 8 -p 25",
    "serial": "-d 102 -n 16 -t 100000 -p 10",
    "birthdays": "-d 0 -p 50",
    "monobit": "-d 100 -t 100000 -p 20",
}
ALPHA = 1e-6
"""What dieharder calls FAILED, and what is asked of the others too."""
FIPS_FAILURES = 0.0008
"""The share of blocks of 20,000 sound bits that fail one of FIPS 140-2's tests: what rngtest sees of the kernel's own."""
REGISTER_BITS = 45_000
PLAYED = 500_000
DECKS = 5_000

Say = Callable[[str], object]


def missing() -> list[str]:
    """The judges that are not installed."""
    return [name for name in ("dieharder", "rngtest", "ent") if shutil.which(name) is None]


def judge(streams: Streams, *, thorough: bool, teeth: bool, told: Say) -> dict[str, Any]:
    """Our output before all judges, and the bad generators. `sound`: none objects, and each of those is caught."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "bytes"
        objections = _ours(streams, file, LONG if thorough else SHORT, told)
        if thorough:
            objections += _all_of_dieharder(streams, told)
        caught = _caught(file, told) if teeth else {}
    return {
        "sound": not objections and all(caught.values()),
        "objections": objections,
        "caught": caught,
    }


def _ours(streams: Streams, file: Path, size: int, told: Say) -> list[str]:
    objections: list[str] = []
    for attempt in ("first", "second"):
        with file.open("wb") as writing:
            for _ in range(size // MIB):
                writing.write(streams.raw(MIB))
        again = objections_of(file, told if attempt == "first" else lambda line: told(f"{line} (fresh bytes)"))
        if attempt == "second":
            return [name for name in again if name in objections]
        objections = again
        if not objections:
            return []
    return objections


def objections_of(file: Path, told: Say) -> list[str]:
    """The judges that do not take these bytes for random."""
    found = []
    for name, ask in (
        ("ent", ent),
        ("rngtest", rngtest),
        *((f"dieharder {t}", dieharder(a)) for t, a in DIEHARDER.items()),
    ):
        p = ask(file)
        told(f"  {name:26} p = {p:.3g}{'  OBJECTS' if p < ALPHA else ''}")
        if p < ALPHA:
            found.append(name)
    return found


def ent(file: Path) -> float:
    """The chi-square of the bytes, as ent counts it: too far from even, or too near."""
    line = _run(["ent", "-t", str(file)]).splitlines()[1]
    square = float(line.split(",")[3])
    tail = chi_square_tail(square, 255)
    return min(1.0, 2 * min(tail, 1 - tail))


def rngtest(file: Path) -> float:
    """How many blocks fail FIPS 140-2, beside how many of sound ones do."""
    blocks = file.stat().st_size * 8 // 20_000 - 1
    with file.open("rb") as stream:
        told = _run(["rngtest", "-c", str(blocks)], stdin=stream, both=True)
    failed = re.search(r"FIPS 140-2 failures: (\d+)", told)
    passed = re.search(r"FIPS 140-2 successes: (\d+)", told)
    if failed is None or passed is None:
        raise RuntimeError(f"rngtest says: {told}")
    expected = FIPS_FAILURES * (int(failed[1]) + int(passed[1]))
    return 1.0 if int(failed[1]) <= expected else poisson_tail(int(failed[1]), expected)


def dieharder(arguments: str) -> Callable[[Path], float]:
    """One of its tests: the least p-value, times their number.

    Each is dieharder's Kolmogorov-Smirnov test over the p-values of the samples, so that samples which are too even bring a
    low one as well. Its other end is approximate: for ten samples it printed 1.00000000 in 5 of 60 runs over sound bytes.
    """

    def ask(file: Path) -> float:
        told = _run(["dieharder", "-g", "201", "-f", str(file), *arguments.split(), "-D", "pvalues", "-D", "test_name"])
        values = [float(value) for value in re.findall(r"^[^#].*?\|\s*([01]\.\d+)\|?\s*$", told, re.MULTILINE)]
        if not values or "rewound" in told:
            raise RuntimeError(f"dieharder {arguments} says: {told}")
        return min(1.0, len(values) * min(values))

    return ask


def _all_of_dieharder(streams: Streams, told: Say) -> list[str]:
    """`dieharder -a` on a pipe that never ends, read 64 KiB at a time; any FAILED is an objection."""
    command = [_found("dieharder"), "-a", "-g", "200", "-k", "2", "-Y", "1"]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)  # noqa: S603 - a fixed command
    assert process.stdin is not None
    assert process.stdout is not None
    objections = []

    def feed() -> None:
        assert process.stdin is not None
        try:
            while True:
                process.stdin.write(streams.raw(MIB, 1 << 16))
        except BrokenPipeError:
            return

    feeder = Thread(target=feed, daemon=True)
    feeder.start()
    for line in process.stdout:
        told(f"  {line.decode().rstrip()}")
        if b"FAILED" in line:
            objections.append("dieharder -a: " + line.decode().split("|")[0].strip())
    process.wait()
    feeder.join()
    process.stdout.close()
    with suppress(BrokenPipeError):
        process.stdin.close()
    return objections


def _caught(file: Path, told: Say) -> dict[str, list[str]]:
    """By what each bad generator is caught."""
    caught: dict[str, list[str]] = {}
    for name, make in teeth.BYTES.items():
        told(f"bad generator: {name}")
        block = make(SHORT)
        file.write_bytes(block)
        caught[name] = objections_of(file, told) + own_objections(block)
    for name, draw in teeth.OUTCOMES.items():
        caught[name] = [f"outcomes: {test}" for test in outcomes.caught_by(outcomes.battery(draw(PLAYED), 37), ALPHA)]
    for name, deal in teeth.DECKS.items():
        caught[name] = [f"decks: {test}" for test in outcomes.caught_by(outcomes.deck_battery(deal(DECKS)), ALPHA)]
    for name, judges in caught.items():
        told(f"{name}: " + (f"caught by {', '.join(judges)}" if judges else "NOT CAUGHT"))
    return caught


def own_objections(block: bytes) -> list[str]:
    """What our own test of raw bits says: the shortest register of the lowest bit of each word of 32."""
    lowest = np.frombuffer(block, "<u4")[:REGISTER_BITS] & 1
    _, chance = sp800_22.shortest_register(lowest.astype(np.uint8))
    return ["linear complexity"] if chance < ALPHA else []


def _run(command: list[str], stdin: IO[bytes] | None = None, *, both: bool = False) -> str:
    """What a judge prints, `both` on the output and on the error output. rngtest ends with 1 if any block fails."""
    done = subprocess.run(  # noqa: S603 - fixed commands, and files of our own
        [_found(command[0]), *command[1:]], stdin=stdin, capture_output=True, text=True, check=not both
    )
    return done.stdout + done.stderr if both else done.stdout


def _found(name: str) -> str:
    path = shutil.which(name)
    if path is None:
        raise FileNotFoundError(f"{name} is not installed (Debian: {PACKAGES})")
    return path
