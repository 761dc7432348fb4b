"""The PAR sheet of a game for people: the JSON of `rgs par`, figure for figure, and an HTML page of it with plots."""

import json
from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from html import escape
from typing import Any

from adapters.simulation.html import STYLE, bars, table

FIGURES = {
    "base_rtp": "return of the base spin",
    "free_rtp": "return of free games",
    "hold_rtp": "return of hold and respin",
    "hold_rate": "hold and respin",
    "spin_hit_rate": "base spins that pay",
    "hit_rate": "rounds that pay (hit rate)",
    "free_game_rate": "free games",
    "free_games_a_trigger": "free games a trigger",
    "variance": "variance of win / stake",
    "sigma": "standard deviation",
    "volatility_index": "volatility index (95 %)",
    "max_spin": "most units of a base spin",
    "max_spin_chance": "its chance",
    "most": "most units of a round",
    "most_chance": "its chance",
    "most_seen": "most units of a round, seen",
    "cap_rate": "rounds at the cap",
    "cap_rate_error": "its standard error",
    "rounds": "rounds simulated",
}
ONE_IN = ("hold_rate", "free_game_rate", "max_spin_chance", "most_chance")
SHARES = ("base_rtp", "free_rtp", "hold_rtp", "spin_hit_rate", "hit_rate", "cap_rate", "cap_rate_error")
LONGEST = 80
"""Characters of a fraction that is worth reading."""
SPINS = (1_000, 10_000, 100_000, 1_000_000, 10_000_000)
"""For how many spins the width of the return is told."""
NORMAL_95 = 1.959963984540054


def number(value: Any) -> float:
    """A figure of the sheet, which may be a fraction "n/d"."""
    return float(Fraction(value)) if isinstance(value, str) else float(value)


def costs(mode: Mapping[str, Any]) -> str:
    """What a round costs."""
    return f"{mode['cost']} unit{'' if mode['cost'] == 1 else 's'} a round"


def facts(mode: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Of each figure that a mode has: its name, what it is, and its fraction where that is worth reading."""
    for key, name in FIGURES.items():
        value = mode.get(key)
        if value is None or (key != "cap_rate" and not number(value)):
            continue
        if key == "cap_rate" and not value:
            told = "none seen"
        elif key in ONE_IN:
            told = f"one in {1 / number(value):,.2f}"
        elif key in SHARES:
            told = f"{number(value):.6%}"
        else:
            told = f"{value:,}" if isinstance(value, int) else f"{number(value):,.6g}"
        how = " (simulated)" if key in mode.get("simulated", ()) and key != "rounds" else ""
        yield name + how, told, value if isinstance(value, str) and len(value) < LONGEST else ""


def page(sheet: Mapping[str, Any]) -> str:
    """The HTML page."""
    title = f"{sheet['name']}: PAR sheet"
    parts = [
        f"<!doctype html><html lang='en'><meta charset='utf-8'><title>{escape(title)}</title>",
        f"<style>{STYLE}</style><h1>{escape(title)}</h1>",
        (
            f"<p><code>{escape(sheet['game'])}</code>, version {escape(sheet['version'])}, variant "
            f"{escape(sheet['variant'])}; a round pays {sheet['cap']:,} units at most.</p>"
        ),
    ]
    for id, mode in sheet["modes"].items():
        bet = f", the bet <code>{escape(json.dumps(mode['selection']))}</code>" if "selection" in mode else ""
        parts += [f"<h2>Mode {escape(id)}: {costs(mode)}{bet}</h2>", table(_rows(mode)), _plot(mode)]
        parts += [_width(mode), *_splits(mode)]
    return "\n".join([*parts, "</html>"])


def _rows(mode: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Name and figure, as HTML."""
    rtp = mode["rtp"]
    rows = [("return declared", f"{number(rtp['declared']):.6%}<br><code>{rtp['declared']}</code>")]
    if rtp["exact"] is not None:
        exact = f"<br><code>{rtp['exact']}</code>" if len(rtp["exact"]) < LONGEST else ""
        rows.append((f"return exact ({escape(rtp['method'])})", f"{number(rtp['exact']):.6%}{exact}"))
    else:
        rows.append(("return simulated", f"{rtp['simulated']:.4%} &#177; {rtp['standard_error']:.4%} (standard error)"))
    for pick, exactly in mode.get("picks", {}).items():
        told = "to be simulated" if exactly is None else f"{number(exactly):.6%}"
        rows.append((f"return with pick {escape(pick)}", told))
    rows += [(name, f"{told}<br><code>{fraction}</code>" if fraction else told) for name, told, fraction in facts(mode)]
    return rows


def _plot(mode: Mapping[str, Any]) -> str:
    """The wins of a base spin, or of whole rounds where those are known, by their chance."""
    what = "round" if "wins" in mode else "base spin"
    known = mode.get("wins", mode.get("spin_wins", {}))
    wins = {int(units): number(chance) for units, chance in known.items() if int(units)}
    if not wins:
        return ""
    top, cost = max(wins), mode["cost"]
    cells = [0.0] * 60
    for units, chance in wins.items():
        cells[min(59, int(60 * (units / top) ** 0.5))] += chance
    label = (
        f"wins of a {what} up to {top} units ({top / cost:.0f} bets), by their root: the fourth root of their chance"
    )
    return bars([chance**0.25 for chance in cells], label, None)


def _width(mode: Mapping[str, Any]) -> str:
    if not mode.get("sigma"):
        return ""
    middle = number(mode["rtp"]["exact"] or mode["rtp"]["simulated"])
    rows = [
        (f"{spins:,} spins", f"{middle - width:.3%} to {middle + width:.3%}")
        for spins in SPINS
        for width in [NORMAL_95 * number(mode["sigma"]) / spins**0.5]
    ]
    return f"<h3>Where the return lies, 95 times in 100</h3>{table(rows)}"


def _splits(mode: Mapping[str, Any]) -> Iterable[str]:
    for phase, split in mode.get("split", {}).items():
        yield f"<h3>Return of a {escape(phase)} spin, by symbol and count</h3>"
        ranked = sorted(split.items(), key=lambda part: -number(part[1]))
        yield bars([number(part) for _, part in ranked], f"{len(ranked)} parts, the greatest first", None)
        yield table((escape(what), f"{number(part):.6%}<br><code>{part}</code>") for what, part in ranked)
