"""The PAR sheet of a game as a workbook, as mathematicians keep it: the JSON of `rgs par`, with strips, pays and lines."""

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.chart import BarChart, Reference
from openpyxl.styles import Font
from openpyxl.worksheet.worksheet import Worksheet

from adapters.simulation.slots.sheet import FIGURES, number
from core.slots.machine import Lines, Machine


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
        for wins in ("spin_wins", "wins"):
            if wins in mode:
                _wins(book.create_sheet(_name(f"{id} wins")), mode[wins])
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
        for place, (_, strips) in enumerate(phase.sets, 1):
            reels = [f"reel {reel}" for reel in range(1, len(strips) + 1)]
            heads = [*reels, *(f"{reel}, weight" for reel in reels if phase.weights)]
            columns: list[Sequence[Any]] = [*strips, *phase.weights]
            rows = [
                [stop, *(column[stop] if stop < len(column) else None for column in columns)]
                for stop in range(max(map(len, strips)))
            ]
            which = f" {place}" if phase.others else ""
            _fill(book.create_sheet(_name(f"{mode} {name} strips{which}")), ["stop", *heads], rows)
        if phase.others:
            weights = [(place, weight) for place, (weight, _) in enumerate(phase.sets, 1)]
            _fill(book.create_sheet(_name(f"{mode} {name} sets")), ["strips", "weight"], weights)
        if phase.times:
            _fill(book.create_sheet(_name(f"{mode} {name} times")), ["multiplier", "weight"], phase.times.items())
    if mode == "base":
        counts = sorted({count for pays in machine.pays.values() for count in pays})
        pays = [[symbol, *(pays.get(count) for count in counts)] for symbol, pays in machine.pays.items()]
        _fill(book.create_sheet("pays"), ["units for", *counts], pays)
        if isinstance(machine.pattern, Lines):
            lines = [[place, *line] for place, line in enumerate(machine.pattern.rows)]
            _fill(
                book.create_sheet("lines"), ["line", *(f"reel {reel + 1}" for reel in range(len(lines[0]) - 1))], lines
            )


def _fill(page: Worksheet, head: Sequence[Any], rows: Iterable[Sequence[Any]]) -> None:
    page.append(list(head))
    for cell in page[1]:
        cell.font = Font(bold=True)
    for row in rows:
        page.append(list(row))
    for cells in page.iter_rows():
        for cell in cells:
            if isinstance(cell.value, str):
                cell.data_type = "s"  # whatever it begins with, a text of ours is no formula
    page.freeze_panes = "B2"
    page.column_dimensions["A"].width = 30


def _name(name: str) -> str:
    return name[:31]
