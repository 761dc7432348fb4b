"""The report as one HTML page that needs nothing else: tables, and plots as SVG within it."""

from collections.abc import Sequence
from html import escape
from math import sqrt
from typing import Any

WIDTH, HEIGHT = 640, 120

STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; color: #1a1a1a; max-width: 60rem; margin: 2rem auto; padding: 0 1rem }
table { border-collapse: collapse; margin: .5rem 0 1.5rem; font-size: 13px }
td, th { border: 1px solid #ccc; padding: .2rem .6rem; text-align: left; vertical-align: top }
td.n { text-align: right; font-variant-numeric: tabular-nums }
.pass { color: #06601f } .fail { color: #a00014; font-weight: 600 }
code { font-size: 12px; overflow-wrap: anywhere }
svg { background: #fafafa; border: 1px solid #ddd; max-width: 100% }
"""


def render(report: dict[str, Any]) -> str:
    """The page."""
    level = report["level"]
    verdict = report["verdict"]
    p_values = [p for stream in report["streams"] for p in stream["tests"].values()]
    parts = [
        "<!doctype html><html lang='en'><meta charset='utf-8'><title>Random numbers: report</title>",
        f"<style>{STYLE}</style><h1>Random numbers: report</h1>",
        (
            f"<p>PyRGS {escape(report['software'])}, {escape(report['made'])}. Verdict: "
            f"<span class='{verdict}'>{verdict}</span>. {level['tests']} tests of final outcomes, judged together at "
            f"{level['confidence']:.0%} confidence: each fails below p = {level['limit']:.2e}.</p>"
        ),
        _caught(report["caught"]),
        "<h2>What no statistical test can show</h2>",
        f"<p>{escape(report['limits'])}</p>",
        "<h2>Source</h2>",
        _table(report["source"].items()),
        "<h2>Health tests</h2>",
        "<p>They ran on every byte used for this report.</p>",
        _table((name, str(value)) for name, value in report["health"].items()),
        "<h2>Final outcomes</h2>",
        (
            "<p>Drawn by the code that serves games. The deviation is that of a single outcome which the chi-square of "
            "so many would find with a probability of 99 %.</p>"
        ),
        "<p>All p-values of these tests; sound ones are even, but for tests made of several, which lean to 1:</p>",
        bars(_tenths(p_values), "p from 0 to 1", None),
        *map(_stream, report["streams"]),
        "<h2>Raw bits</h2>",
        _bits(report["bits"]),
        "<h2>Other people's judges</h2>",
        _judges(report["judges"]),
        "<h2>Files that decide an outcome</h2>",
        "<p>SHA-256, as <code>rgs verify --list</code> prints them.</p>",
        _table((f"<code>{escape(name)}</code>", f"<code>{digest}</code>") for name, digest in report["files"].items()),
        "</html>",
    ]
    return "\n".join(parts)


def bars(counts: Sequence[float], label: str, band: tuple[float, float] | None) -> str:
    """Counts as bars; `band` is where nearly all of them should end."""
    top = max([*counts, band[1] if band else 0, 1e-9]) * 1.05
    low = min(counts) * 0.9 if band and min(counts) > 0.5 * top else 0.0
    scale = (HEIGHT - 20) / (top - low)
    step = WIDTH / len(counts)
    drawn = [f"<svg viewBox='0 0 {WIDTH} {HEIGHT}' width='{WIDTH}' role='img' aria-label='{escape(label)}'>"]
    if band:
        above, below = (HEIGHT - 15 - (edge - low) * scale for edge in (band[1], band[0]))
        drawn.append(f"<rect x='0' y='{above:.1f}' width='{WIDTH}' height='{below - above:.1f}' fill='#cfe3d4'/>")
    for at, count in enumerate(counts):
        height = max(0.0, (count - low) * scale)
        drawn.append(
            f"<rect x='{at * step:.2f}' y='{HEIGHT - 15 - height:.1f}' width='{max(0.5, step * 0.8):.2f}' "
            f"height='{height:.1f}' fill='#37628c'/>"
        )
    drawn.append(f"<text x='4' y='{HEIGHT - 3}' font-size='11'>{escape(label)}</text></svg>")
    return "".join(drawn)


def _stream(stream: dict[str, Any]) -> str:
    facts = f"{stream['outcomes']:,} outcomes"
    if "smallest_deviation" in stream:
        facts += f"; a deviation of {stream['smallest_deviation']:.2%} would be found"
    plot = ""
    if "counts" in stream:
        counts = stream["counts"]
        mean = sum(counts) / len(counts)
        reach = 4 * sqrt(mean)
        label = f"how often each of {len(counts)} equal parts came; the band is four standard deviations"
        plot = bars(counts, label, (mean - reach, mean + reach))
    rows = ((escape(name), f"{p:.4g}") for name, p in stream["tests"].items())
    return f"<h3>{escape(stream['name'])}</h3><p>{facts}</p>{plot}{_table(rows)}"


def _bits(bits: dict[str, Any]) -> str:
    lanes = (
        (f"bit {lane['bit']} of every 32", f"{lane['length']:,} of {lane['bits']:,} bits")
        for lane in bits["linear_complexity"]
    )
    caught = ", ".join(bits["caught"]) or "none"
    named = {
        name: test for name, test in bits["tests"].items() if "template 0" not in name and "template 1" not in name
    }
    rows = ((escape(name), f"{test['least']:.4g}; {test['failed']} below 0.01") for name, test in named.items())
    return (
        f"<p>SP 800-22 rev. 1a over {bits['sequences']} sequences of a million bits, as a detector of defects only. "
        f"Caught by: {escape(caught)}. All {len(bits['p_values']):,} p-values:</p>"
        f"{bars(_tenths(bits['p_values']), 'p from 0 to 1', None)}{_table(rows)}"
        f"<p>Linear complexity, the length of the shortest shift register that makes the bits: half their number is as it "
        f"should be.</p>{_table(lanes)}"
    )


def _judges(judges: dict[str, Any] | None) -> str:
    if judges is None:
        return "<p>dieharder, rngtest and ent were not asked.</p>"
    rows = ((escape(name), escape(", ".join(by) or "NOT CAUGHT")) for name, by in judges["caught"].items())
    said = ", ".join(judges["objections"]) or "none"
    return (
        f"<p>dieharder, rngtest and ent judged the raw output; objections: {escape(said)}. That they and the tests above "
        f"have teeth is shown on generators known to be bad, and what caught them:</p>{_table(rows)}"
    )


def _caught(caught: list[dict[str, Any]]) -> str:
    rows = ((escape(f"{each['stream']}: {each['test']}"), f"{each['p']:.3g}") for each in caught)
    return f"<p class='fail'>These failed:</p>{_table(rows)}" if caught else ""


def _table(rows: Any) -> str:
    cells = "".join(f"<tr><td>{name}</td><td class='n'>{value}</td></tr>" for name, value in rows)
    return f"<table>{cells}</table>"


def _tenths(p_values: Sequence[float]) -> list[float]:
    counts = [0.0] * 20
    for p in p_values:
        counts[min(19, int(p * 20))] += 1
    return counts
