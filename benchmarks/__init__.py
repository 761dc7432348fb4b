"""Measurements, each a program (`python -m benchmarks.slots`), and how they tell of ours beside a reference, in one run."""

import argparse
import json
from collections.abc import Callable, Iterable
from typing import TypeAlias

Line: TypeAlias = dict[str, object]


def line(name: str, value: float, unit: str, reference: float, reach: float) -> Line:
    """One comparison: ours, and the reference, in this unit. A ratio of 1 is the reference, more is better; `ms` are better
    the fewer they are. `reach` is the ratio that is asked for.
    """
    ratio = reference / value if unit == "ms" else value / reference
    digits = 2 if unit == "ms" else None
    return {
        "name": name,
        "value": round(value, digits),
        "unit": unit,
        "reference": round(reference, digits),
        "ratio": round(ratio, 3),
        "reach": reach,
    }


def tell(about: str | None, measure: Callable[[], Iterable[Line]]) -> None:
    """Measure, and print what was found: line by line as it comes, or, with `--json`, all of it at the end."""
    parser = argparse.ArgumentParser(description=about)
    parser.add_argument("--json", action="store_true", help="as JSON")
    if parser.parse_args().json:
        print(json.dumps([*measure()], indent=2))
        return
    print(f"{'':84} {'ours':>13} {'reference':>13} {'':12} {'ratio':>9} {'reach':>6}")
    for found in measure():
        figures = f"{found['value']:>13,} {found['reference']:>13,} {found['unit']:12} {found['ratio']:>9,}"
        missed = "" if float(str(found["ratio"])) >= float(str(found["reach"])) else "  missed"
        print(f"{found['name']:84} {figures} {found['reach']:>6,}{missed}", flush=True)
