"""The PAR sheet of a game for people: one HTML page with plots, and a workbook as mathematicians keep it.

Both show the JSON of `rgs par`, figure for figure; the workbook adds strips, pays and lines of a slot's definition.
"""

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from html import escape
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.chart import BarChart, Reference
from openpyxl.styles import Font
from openpyxl.worksheet.worksheet import Worksheet

from adapters.simulation.html import STYLE, bars, table
from core.slots.machine import Lines, Machine

FIGURES = {
    "base_rtp": "return of the base spin",
    "free_rtp": "return of free games",
    "hold_rtp": "return of hold and respin",
    "hold_rate": "chance of hold and respin",
    "hit_rate": "hit rate",
    "free_game_rate": "chance of free games",
    "free_games_a_trigger": "free games a trigger",
    "variance": "variance of win / stake",
    "sigma": "standard deviation",
    "volatility_index": "volatility index (95 %)",
    "max_spin": "most units of a base spin",
    "max_spin_chance": "its chance",
    "most_seen": "most units of a round, seen",
    "cap_rate": "rounds at the cap",
    "cap_rate_error": "its standard error",
    "rounds": "rounds simulated",
}
SHARES = ("base_rtp", "free_rtp", "hold_rtp", "hit_rate", "cap_rate", "cap_rate_error")
LONGEST = 80
"""Characters of a fraction that is worth reading."""
SPINS = (1_000, 10_000, 100_000, 1_000_000, 10_000_000)
"""For how many spins the width of the return is told."""
NORMAL_95 = 1.959963984540054


def number(value: Any) -> float:
    """A figure of the sheet, which may be a fraction "n/d"."""
    return float(Fraction(value)) if isinstance(value, str) else float(value)


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
        parts += [f"<h2>Mode {escape(id)}: {mode['cost']} units a round</h2>", table(_rows(mode)), _plot(mode)]
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
    for key, name in FIGURES.items():
        value = mode.get(key)
        if value is not None:
            told = f"{number(value):.6%}" if key in SHARES else f"{number(value):,.6g}"
            exact = f"<br><code>{value}</code>" if isinstance(value, str) and len(value) < LONGEST else ""
            how = " (simulated)" if key in mode.get("simulated", ()) else ""
            rows.append((name + how, told + exact))
    return rows


def _plot(mode: Mapping[str, Any]) -> str:
    """The wins of a base spin, by their chance."""
    wins = {int(units): number(chance) for units, chance in mode.get("spin_wins", {}).items() if int(units)}
    if not wins:
        return ""
    top, cost = max(wins), mode["cost"]
    cells = [0.0] * 60
    for units, chance in wins.items():
        cells[min(59, int(60 * (units / top) ** 0.5))] += chance
    label = (
        f"wins of a base spin up to {top} units ({top / cost:.0f} bets), by their root: the fourth root of their chance"
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


def workbook(sheet: Mapping[str, Any], machines: Mapping[str, Machine], path: Path) -> None:
    """Write the workbook; `machines` has each mode of a slot, and is empty for other games."""
    book = Workbook()
    summary = book.active
    assert isinstance(summary, Worksheet)
    summary.title = "Summary"
    facts = [
        ("game", sheet["game"]),
        ("name", sheet["name"]),
        ("version", sheet["version"]),
        ("cap, units", sheet["cap"]),
    ]
    _fill(summary, ["", *sheet["modes"]], [*([name, value] for name, value in facts), *_summary(sheet["modes"])])
    for id, mode in sheet["modes"].items():
        for phase, split in mode.get("split", {}).items():
            rows = [(what, number(part), part) for what, part in split.items()]
            _fill(book.create_sheet(_name(f"{id} {phase} hits")), ["symbol and count", "return", "exactly"], rows)
        if "spin_wins" in mode:
            _wins(book.create_sheet(_name(f"{id} wins")), mode["spin_wins"])
        if id in machines:
            _definition(book, id, machines[id])
    book.save(path)


def _summary(modes: Mapping[str, Any]) -> list[list[Any]]:
    rows: list[list[Any]] = [["cost, units", *(mode["cost"] for mode in modes.values())]]
    for key in ("declared", "exact", "simulated", "standard_error", "method"):
        told = [mode["rtp"].get(key) for mode in modes.values()]
        if key in ("declared", "exact"):
            rows.append([f"return {key}", *(None if each is None else number(each) for each in told)])
            rows.append([f"return {key}, as a fraction", *told])
        elif any(each is not None for each in told):
            rows.append([f"return: {key.replace('_', ' ')}", *told])
    for key, name in FIGURES.items():
        told = [mode.get(key) for mode in modes.values()]
        if any(each is not None for each in told):
            how = " (simulated)" if any(key in mode.get("simulated", ()) for mode in modes.values()) else ""
            rows.append([name + how, *(None if each is None else number(each) for each in told)])
    return rows


def _wins(page: Worksheet, wins: Mapping[str, str]) -> None:
    beyond = Fraction(1)
    rows = []
    for units, chance in wins.items():
        rows.append((int(units), number(chance), float(beyond), chance))
        beyond -= Fraction(chance)
    _fill(page, ["units", "chance", "chance of so much or more", "exactly"], rows)
    chart = BarChart()
    chart.title, chart.legend = "Chance of each win", None
    chart.add_data(Reference(page, min_col=2, min_row=3, max_row=min(len(rows) + 1, 60)))
    chart.set_categories(Reference(page, min_col=1, min_row=3, max_row=min(len(rows) + 1, 60)))
    page.add_chart(chart, "F2")


def _definition(book: Workbook, mode: str, machine: Machine) -> None:
    for name, phase in machine.phases.items():
        if name == "base" and (machine.buys or machine.holds):
            continue
        for number, (_, strips) in enumerate(phase.sets, 1):
            reels = [f"reel {reel}" for reel in range(1, len(strips) + 1)]
            heads = [*reels, *(f"{reel}, weight" for reel in reels if phase.weights)]
            columns: list[Sequence[Any]] = [*strips, *phase.weights]
            rows = [
                [stop, *(column[stop] if stop < len(column) else None for column in columns)]
                for stop in range(max(map(len, strips)))
            ]
            which = f" {number}" if phase.others else ""
            _fill(book.create_sheet(_name(f"{mode} {name} strips{which}")), ["stop", *heads], rows)
        if phase.others:
            weights = [(number, weight) for number, (weight, _) in enumerate(phase.sets, 1)]
            _fill(book.create_sheet(_name(f"{mode} {name} sets")), ["strips", "weight"], weights)
        if phase.times:
            _fill(book.create_sheet(_name(f"{mode} {name} times")), ["multiplier", "weight"], phase.times.items())
    if mode == "base":
        counts = sorted({count for pays in machine.pays.values() for count in pays})
        pays = [[symbol, *(pays.get(count) for count in counts)] for symbol, pays in machine.pays.items()]
        _fill(book.create_sheet("pays"), ["units for", *counts], pays)
        if isinstance(machine.pattern, Lines):
            lines = [[number, *line] for number, line in enumerate(machine.pattern.rows)]
            _fill(
                book.create_sheet("lines"), ["line", *(f"reel {reel + 1}" for reel in range(len(lines[0]) - 1))], lines
            )


def _fill(page: Worksheet, head: Sequence[Any], rows: Iterable[Sequence[Any]]) -> None:
    page.append(list(head))
    for cell in page[1]:
        cell.font = Font(bold=True)
    for row in rows:
        page.append(list(row))
    page.freeze_panes = "B2"
    page.column_dimensions["A"].width = 30


def _name(name: str) -> str:
    return name[:31]
