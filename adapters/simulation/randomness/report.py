"""What a lab or an operator can file: where the numbers come from, what was tested, how, and what came of it.

Judged are the final outcomes, all tests together at 99 %; raw bits are looked at for defects. The report says what no
test can show.
"""

import os
import platform
import ssl
import sys
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np

from adapters.simulation.randomness import outcomes, sp800_22
from adapters.simulation.randomness.power import draws_needed, smallest_deviation
from adapters.simulation.randomness.streams import DECK, ENDPOINT_BOUNDS, KENO, WEIGHTS, Streams
from adapters.simulation.randomness.tails import Array
from core.health import Health
from ports.game import Game

POWER = 0.99
LEAST, MOST = 100_000, 10_000_000
LANE_BITS = 45_000
"""Bits of one linear complexity: a register of 19,937 bits, Mersenne Twister's, is found within."""

LIMITS = (
    "Statistical tests show defects; they cannot show strength. Every good cipher passes all of them, and so do "
    "generators that can be foreseen: Mersenne Twister passes everything here but the linear complexity of its bits. A "
    "bias such as that of 32-bit words taken modulo 37 would need 10**19 outcomes to be seen. Strength and fairness are "
    "therefore argued from the source: every word comes from the kernel's generator (ChaCha20, reseeded by the kernel, "
    "no seed of ours), numbers are made of words by rejection, and tests/core/test_rng_proofs.py proves that by trying "
    "every word."
)


def source_facts() -> dict[str, str]:
    """Where the entropy comes from, on this machine."""
    facts = {
        "source": "os.urandom: the system call getrandom, flags 0 (waits until the kernel is seeded)",
        "kernel": f"{platform.system()} {platform.release()} {platform.machine()}",
        "kernel version": platform.version(),
        "C library": " ".join(platform.libc_ver()),
        "Python": sys.version.replace("\n", " "),
        "OpenSSL (not used for outcomes)": ssl.OPENSSL_VERSION,
        "numpy (offline statistics and bulk draws)": np.__version__,
        "processors": str(os.cpu_count()),
    }
    for name in ("entropy_avail", "poolsize", "urandom_min_reseed_secs"):
        file = Path("/proc/sys/kernel/random") / name
        if file.exists():
            facts[f"kernel.random.{name}"] = file.read_text().strip()
    return facts


def sample_size(bound: int, deviation: float, tests: int, most: int = MOST) -> int:
    """Outcomes of a range: as many as the deviation needs, within what is practical."""
    needed = draws_needed(min(bound, 4096), deviation, alpha=outcomes.ALPHA / tests, power=POWER)
    return min(most, max(LEAST, needed))


def judge_outcomes(
    streams: Streams, games: Sequence[Game], *, deviation: float, most: int, decks: int, turns: int
) -> list[dict[str, Any]]:
    """Every stream with its tests."""
    expected = len(outcomes.TESTS) * len(ENDPOINT_BOUNDS) * 2
    results = []
    for bound in ENDPOINT_BOUNDS:
        drawn = streams.range(bound, sample_size(bound, deviation, expected, most))
        results.append(_range(f"GET /v1/rng/range, {bound} values", drawn, bound, expected))
    drawn = streams.weighted(WEIGHTS, sample_size(len(WEIGHTS), deviation, expected, most))
    name = f"POST /v1/rng/weighted, weights {', '.join(map(str, WEIGHTS))}"
    results.append(_stream(name, drawn, len(WEIGHTS), outcomes.weighted_battery(drawn, list(WEIGHTS))))
    drawn = streams.decks(DECK, decks)
    results.append(_stream(f"POST /v1/rng/shuffle, {DECK} items", drawn, DECK, outcomes.deck_battery(drawn)))
    size, taken = KENO
    drawn = streams.samples(size, taken, decks)
    name = f"POST /v1/rng/shuffle, {taken} of {size} items"
    results.append(_stream(name, drawn, size, outcomes.sample_battery(drawn, size)))
    for game in games:
        for bound, played in streams.game(game, turns).items():
            if len(played) >= LEAST // 10:
                results.append(_range(f"game {game.id} {game.version}, draws below {bound}", played, bound, expected))
    return results


def judge_bits(raw: bytes, sequences: int) -> dict[str, Any]:
    """SP 800-22 over so many sequences of a million bits, and the linear complexity of every other bit of 32."""
    bits = np.unpackbits(np.frombuffer(raw, np.uint8))
    found: dict[str, list[float]] = {}
    for at in range(sequences):
        sequence = bits[at * sp800_22.MINIMUM : (at + 1) * sp800_22.MINIMUM]
        for name, p in sp800_22.battery(sequence).items():
            found.setdefault(name, []).append(p)
    count = sum(map(len, found.values()))
    words = np.frombuffer(raw[: 4 * LANE_BITS], "<u4")
    lanes = []
    for lane in range(0, 32, 2):
        length, chance = sp800_22.shortest_register((words >> lane & 1).astype(np.uint8))
        lanes.append({"bit": lane, "length": length, "bits": len(words), "p": chance})
    return {
        "sequences": sequences,
        "tests": {
            name: {"least": min(values), "failed": sum(p < 0.01 for p in values)} for name, values in found.items()
        },
        "caught": sorted(name for name, values in found.items() if min(values) < outcomes.ALPHA / count),
        "p_values": [p for values in found.values() for p in values],
        "linear_complexity": lanes,
        "linear_complexity_caught": [lane["bit"] for lane in lanes if lane["p"] < outcomes.ALPHA / len(lanes)],
    }


def build(
    *,
    made: datetime,
    software: str,
    files: Mapping[str, str],
    health: Health,
    streams: list[dict[str, Any]],
    bits: dict[str, Any],
    judges: dict[str, Any] | None,
) -> dict[str, Any]:
    """The whole report as data. `judges`: what dieharder, rngtest and ent said, if they were asked."""
    p_values = [p for stream in streams for p in stream["tests"].values()]
    limit = outcomes.ALPHA / len(p_values)
    caught = [
        {"stream": stream["name"], "test": test, "p": p}
        for stream in streams
        for test, p in stream["tests"].items()
        if p < limit
    ]
    sound = not caught and not bits["caught"] and not bits["linear_complexity_caught"] and health.sound
    sound = sound and (judges is None or judges["sound"])
    return {
        "made": made.isoformat(timespec="seconds"),
        "software": software,
        "verdict": "pass" if sound else "fail",
        "level": {"confidence": 1 - outcomes.ALPHA, "tests": len(p_values), "limit": limit},
        "caught": caught,
        "source": source_facts(),
        "files": dict(files),
        "health": health._asdict(),
        "streams": streams,
        "bits": bits,
        "judges": judges,
        "limits": LIMITS,
    }


def _range(name: str, drawn: Array, bound: int, tests: int) -> dict[str, Any]:
    stream = _stream(name, drawn, bound, outcomes.battery(drawn, bound))
    cells, count = outcomes.parts(drawn, bound, 128)
    stream["counts"] = np.bincount(cells, minlength=count).tolist()
    seen = min(bound, 4096, len(drawn) // 10)
    alpha = outcomes.ALPHA / tests
    stream["smallest_deviation"] = smallest_deviation(max(2, seen), len(drawn), alpha=alpha, power=POWER)
    return stream


def _stream(name: str, drawn: Array, bound: int, tests: dict[str, float]) -> dict[str, Any]:
    return {"name": name, "bound": bound, "outcomes": len(drawn), "tests": tests}
