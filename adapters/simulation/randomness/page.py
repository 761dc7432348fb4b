"""The report as one HTML page that needs nothing else: tables, and plots as SVG within it."""

from collections.abc import Sequence
from html import escape
from math import sqrt
from typing import Any

from adapters.simulation.html import STYLE, bars, table


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
        table(report["source"].items()),
        "<h2>Health tests</h2>",
        "<p>They ran on every byte used for this report.</p>",
        table((name, str(value)) for name, value in report["health"].items()),
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
        table((f"<code>{escape(name)}</code>", f"<code>{digest}</code>") for name, digest in report["files"].items()),
        "</html>",
    ]
    return "\n".join(parts)


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
    return f"<h3>{escape(stream['name'])}</h3><p>{facts}</p>{plot}{table(rows)}"


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
        f"{bars(_tenths(bits['p_values']), 'p from 0 to 1', None)}{table(rows)}"
        f"<p>Linear complexity, the length of the shortest shift register that makes the bits: half their number is as it "
        f"should be.</p>{table(lanes)}"
    )


def _judges(judges: dict[str, Any] | None) -> str:
    if judges is None:
        return "<p>dieharder, rngtest and ent were not asked.</p>"
    rows = ((escape(name), escape(", ".join(by) or "NOT CAUGHT")) for name, by in judges["caught"].items())
    said = ", ".join(judges["objections"]) or "none"
    return (
        f"<p>dieharder, rngtest and ent judged the raw output; objections: {escape(said)}. That they and the tests above "
        f"have teeth is shown on generators known to be bad, and what caught them:</p>{table(rows)}"
    )


def _caught(caught: list[dict[str, Any]]) -> str:
    rows = ((escape(f"{each['stream']}: {each['test']}"), f"{each['p']:.3g}") for each in caught)
    return f"<p class='fail'>These failed:</p>{table(rows)}" if caught else ""


def _tenths(p_values: Sequence[float]) -> list[float]:
    counts = [0.0] * 20
    for p in p_values:
        counts[min(19, int(p * 20))] += 1
    return counts
