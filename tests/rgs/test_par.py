"""`rgs par` and `rgs simulate`, for people and for programs."""

import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from openpyxl import load_workbook

from adapters.simulation.slots.sheet import page
from adapters.simulation.slots.workbook import workbook
from core.slots import exact
from core.slots.compiling import compile_machine
from core.slots.game import DIGITS, SlotGame
from core.slots.machine import Lines, Machine
from core.slots.phase import Phase
from rgs.commands.par import make, par
from rgs.commands.simulate import simulate
from tests.core.slots.test_choosing import slot
from tests.games.catalogue import GAMES, names


def told(command: Any, *arguments: str) -> dict[str, Any]:
    few = ["--spins", "20000"] if command is par and "--spins" not in arguments else []
    result = CliRunner().invoke(command, [*arguments, *few, "--json"], catch_exceptions=False)
    assert 0 == result.exit_code, result.output
    report: dict[str, Any] = json.loads(result.stdout)
    return report


@pytest.mark.parametrize("game", GAMES, ids=names)
def test_the_sheet_tells_the_return_of_each_mode_and_how_it_was_got(game: Any) -> None:
    sheet = told(par, f"{game.id}@{game.variant}", "--spins", "20000")
    for mode in game.modes:
        rtp = sheet["modes"][mode.id]["rtp"]
        assert mode.rtp == Fraction(rtp["declared"])
        assert rtp["method"]
        if rtp["exact"] is None:
            assert abs(rtp["simulated"] - float(mode.rtp)) < 6 * rtp["standard_error"]
        else:
            exactly, found = Fraction(rtp["exact"]), sheet["modes"][mode.id]
            assert mode.rtp in (exactly, round(exactly, DIGITS))
            base = sum(Fraction(part) for part in found.get("split", {}).get("base", {}).values())
            features = sum(Fraction(found.get(feature, "0/1")) for feature in ("free_rtp", "hold_rtp"))
            assert "split" not in found or exactly == base + features


def test_the_sheet_is_readable() -> None:
    result = CliRunner().invoke(par, ["three-fruits"])
    assert 0 == result.exit_code
    assert "95.495605%   7823/8192   (recurrence over the reels)" in result.stdout


@pytest.mark.parametrize("id", ["deep-lanterns", "roulette"])
def test_the_workbook_and_the_page_have_the_figures_of_the_sheet(id: str, tmp_path: Path) -> None:
    html, xlsx = tmp_path / "par.html", tmp_path / "par.xlsx"
    sheet = told(par, id, "--html", str(html), "--xlsx", str(xlsx))
    text, book = html.read_text(), load_workbook(xlsx)
    modes = list(sheet["modes"])
    assert ["", *modes] == [cell.value or "" for cell in book["Summary"][1]]
    summary = {row[0]: list(row[1:]) for row in book["Summary"].iter_rows(min_row=2, values_only=True)}
    for column, (id, mode) in enumerate(sheet["modes"].items()):
        assert f"<h2>Mode {id}: {mode['cost']} unit" in text
        assert mode["rtp"]["declared"] == summary["return declared, as a fraction"][column]
        assert float(Fraction(mode["rtp"]["exact"])) == summary["return exact"][column]
        assert mode["rtp"]["exact"] in text
        for phase, split in mode.get("split", {}).items():
            rows = book[f"{id} {phase} hits"].iter_rows(min_row=2, values_only=True)
            assert split == {what: exactly for what, _, exactly in rows}
        wins = mode.get("spin_wins", mode.get("wins"))
        if wins is not None:
            rows = list(book[f"{id} wins"].iter_rows(min_row=2, values_only=True))
            assert wins == {str(units): exactly for units, _, _, exactly in rows}
            assert (1.0, rows[-1][1]) == (rows[0][2], pytest.approx(rows[-1][2]))


def test_a_bet_on_a_table_is_told_whole() -> None:
    """Five on red and one on 17, which is black: 18 numbers pay ten, one pays 36, and 18 nothing."""
    bet = {"red": 5, "number-17": 1}
    mode = told(par, "roulette", "--select", json.dumps(bet))["modes"]["base"]
    assert (bet, 6, "36/37", "19/37", 36, "1/37") == tuple(
        mode[key] if key != "exact" else mode["rtp"]["exact"]
        for key in ("selection", "cost", "exact", "hit_rate", "most", "most_chance")
    )
    assert {"0": "18/37", "10": "18/37", "36": "1/37"} == mode["wins"]
    assert Fraction(18 * 100 + 36**2, 37 * 36) - Fraction(36, 37) ** 2 == Fraction(mode["variance"])
    shown = CliRunner().invoke(par, ["roulette", "--select", json.dumps(bet)]).stdout
    assert 'mode base: 6 units a round, the bet {"red": 5, "number-17": 1}' in shown
    assert "    10                                      48.648649%   18/37" in shown


def test_a_game_that_has_counted_itself_is_told_as_it_counted() -> None:
    """Jacks or better, nine for a full house: a hand in 2.2 pays, a royal flush is one in 40,391, the variance 19.5."""
    mode = told(par, "video-poker")["modes"]["base"]
    hits, variance = float(Fraction(mode["hit_rate"])), float(Fraction(mode["variance"]))
    assert ("45.4565%", "19.5147") == (f"{hits:.4%}", f"{variance:.4f}")
    assert (800, 40391) == (mode["most"], round(1 / Fraction(mode["most_chance"])))
    assert "the game's own figure, which its tests count" == mode["rtp"]["method"]


@pytest.mark.parametrize(
    ("game", "select", "complaint"),
    [
        ("roulette", '{"rd": 5}', "there is no bet 'rd'"),
        ("roulette", '{"red": 5', "Expecting ',' delimiter"),
        ("roulette", "[" * 100_000, "maximum recursion depth"),
        ("deep-lanterns", "5", "takes no selection"),
    ],
)
def test_a_bet_that_the_game_does_not_take_is_refused_in_a_line(game: str, select: str, complaint: str) -> None:
    result = CliRunner().invoke(par, [game, "--select", select])
    assert (2, True) == (result.exit_code, complaint in result.output)


def test_the_workbook_has_the_strips_the_pays_and_the_lines(tmp_path: Path) -> None:
    told(par, "deep-lanterns", "--xlsx", str(tmp_path / "par.xlsx"))
    book = load_workbook(tmp_path / "par.xlsx")
    [game] = [game for game in GAMES if game.id == "deep-lanterns"]
    machine = game.compiled().machine
    columns = list(book["base base strips"].iter_cols(min_col=2, min_row=2, values_only=True))
    assert list(machine.base.strips) == [tuple(symbol for symbol in column if symbol) for column in columns]
    assert [list(line) for line in machine.pattern.rows] == [
        list(row[1:]) for row in book["lines"].iter_rows(min_row=2, values_only=True)
    ]
    pays = {row[0]: list(row[1:]) for row in book["pays"].iter_rows(min_row=2, values_only=True)}
    assert {symbol: list(counts.values()) for symbol, counts in machine.pays.items()} == pays
    assert "buy base strips" not in book.sheetnames


def test_the_workbook_has_what_a_phase_draws_besides_its_stops(tmp_path: Path) -> None:
    strips, others = (("a", "b"), ("b", "a", "a")), (("b", "a"), ("a", "b"))
    base = Phase(strips=strips, weight=2, others=((1, others),), times={1: 3, 2: 1})
    free = Phase(strips=strips, weights=((1, 3), (2, 1, 0)))
    machine = Machine(rows=1, pattern=Lines(((0, 0),)), pays={"a": {2: 1}}, base=base, free=free, cost=1)
    game = SlotGame(
        id="draws", name="Draws", version="1", machine=machine, rtp=exact.rtp(compile_machine(machine)), cap=9
    )
    workbook(make(game, 1000), {"base": game.machine}, tmp_path / "par.xlsx")
    book = load_workbook(tmp_path / "par.xlsx")
    rows = {page.title: [list(row) for row in page.iter_rows(min_row=2, values_only=True)] for page in book}
    assert [[1, 2], [2, 1]] == rows["base base sets"]
    assert [[1, 3], [2, 1]] == rows["base base times"]
    assert [[0, "a", "b"], [1, "b", "a"], [2, None, "a"]] == rows["base base strips 1"]
    assert [[0, "b", "a"], [1, "a", "b"]] == rows["base base strips 2"]
    assert [[0, "a", "b", 1, 2], [1, "b", "a", 3, 1], [2, None, "a", None, 0]] == rows["base free strips"]


def test_a_return_with_hundreds_of_digits_is_told_as_a_number() -> None:
    result = CliRunner().invoke(par, ["ember-vault"])
    assert 0 == result.exit_code
    assert "96.589498%   (recurrence over the reels)" in result.stdout
    assert "one in 52.66" in result.stdout
    assert "rounds that pay (hit rate)                30.543120%   9618043/31490048" in result.stdout
    assert max(map(len, result.stdout.splitlines())) < 120


def test_the_page_tells_hold_and_respin_and_no_fraction_that_nobody_reads(tmp_path: Path) -> None:
    sheet = told(par, "ember-vault", "--html", str(tmp_path / "par.html"), "--xlsx", str(tmp_path / "par.xlsx"))
    text = (tmp_path / "par.html").read_text()
    assert "<td>return of hold and respin</td><td class='n'>34.739916%" in text
    assert sheet["modes"]["base"]["rtp"]["exact"] not in text
    summary = {row[0]: row[1] for row in load_workbook(tmp_path / "par.xlsx")["Summary"].iter_rows(values_only=True)}
    assert summary["return of hold and respin"] == pytest.approx(0.34739916)


def test_what_only_whole_rounds_tell_is_simulated_and_says_so() -> None:
    mode = told(par, "moon-garden", "--spins", "300000")["modes"]["base"]
    assert "exact" == mode["method"]
    assert mode["rtp"]["exact"] is not None
    assert {"most_seen", "cap_rate", "cap_rate_error", "rounds"} <= set(mode["simulated"])
    assert not set(mode["simulated"]) & {"spin_hit_rate", "hit_rate", "free_game_rate", "free_rtp"}
    assert Fraction(mode["spin_hit_rate"]) <= Fraction(mode["hit_rate"])
    assert mode["most_seen"] > 0
    assert 300_000 == mode["rounds"]
    sigma = told(par, "three-fruits")["modes"]["base"]
    assert "simulated" not in sigma
    lanterns = told(par, "deep-lanterns", "--spins", "300000")["modes"]["base"]
    assert "sigma" not in lanterns["simulated"]
    assert lanterns["variance"]


def test_how_often_a_round_pays_is_told_of_every_mode_of_every_slot() -> None:
    for game in GAMES:
        if isinstance(game, SlotGame):
            for mode in told(par, game.id, "--spins", "20000")["modes"].values():
                assert 0 < Fraction(mode["hit_rate"]) < 1


def test_a_game_with_picks_tells_the_return_of_each(tmp_path: Path) -> None:
    sheet = make(slot(), 1000)
    picks = sheet["modes"]["base"]["picks"]
    assert ["many", "few"] == list(picks)
    assert sheet["modes"]["base"]["rtp"]["declared"] == picks["many"] != picks["few"]
    assert f"<td>return with pick few</td><td class='n'>{float(Fraction(picks['few'])):.6%}" in page(sheet)


def test_a_simulated_sheet_says_so_on_its_page(tmp_path: Path) -> None:
    told(
        par, "storm-gate", "--spins", "5000", "--html", str(tmp_path / "par.html"), "--xlsx", str(tmp_path / "par.xlsx")
    )
    assert "(standard error)" in (tmp_path / "par.html").read_text()
    summary = load_workbook(tmp_path / "par.xlsx")["Summary"]
    assert "return: standard error" in [row[0] for row in summary.iter_rows(values_only=True)]


def test_a_name_or_a_symbol_that_begins_like_a_formula_is_a_text_in_the_workbook(tmp_path: Path) -> None:
    small = slot().machine
    symbols = {symbol: f"=cmd|{symbol}" for symbol in small.pays}
    strips = tuple(tuple(symbols.get(symbol, symbol) for symbol in strip) for strip in small.base.strips)
    sheet = make(slot(), 1000) | {"name": '=HYPERLINK("http://evil.example/")', "version": "=1+1"}
    machine = Machine(
        rows=small.rows,
        cost=small.cost,
        pattern=small.pattern,
        pays={symbols[symbol]: pays for symbol, pays in small.pays.items()},
        base=Phase(strips=strips),
    )
    workbook(sheet, {"base": machine}, tmp_path / "par.xlsx")
    book = load_workbook(tmp_path / "par.xlsx")
    cells = [cell for page in book for row in page.iter_rows() for cell in row]
    assert not [cell.coordinate for cell in cells if cell.data_type == "f"]
    texts = {cell.value for cell in cells if str(cell.value).startswith("=")}
    assert {sheet["name"], "=1+1", *machine.pays} <= texts


def test_a_game_that_is_not_there_is_named_with_those_that_are() -> None:
    result = CliRunner().invoke(par, ["nothing"])
    assert 2 == result.exit_code
    assert "three-fruits" in result.output


def test_a_simulation_compares_itself_with_the_declared_return() -> None:
    report = told(simulate, "three-fruits", "--spins", "200000")
    assert 200_000 == report["rounds"] == sum(report["wins_up_to"].values())
    assert "7823/8192" == report["rtp"]["exact"] == report["rtp"]["declared"]
    assert abs(report["rtp"]["errors_from_declared"]) < 6


def test_a_simulation_goes_on_where_it_was_stopped(tmp_path: Path) -> None:
    keep = str(tmp_path / "kept.json")
    told(simulate, "three-fruits", "--spins", "1000", "--keep", keep)
    assert 3000 == told(simulate, "three-fruits", "--spins", "3000", "--keep", keep)["rounds"]
    assert 3000 == told(simulate, "three-fruits", "--spins", "3000", "--keep", keep)["rounds"]
    other = CliRunner().invoke(simulate, ["deep-lanterns", "--spins", "10", "--keep", keep])
    assert 2 == other.exit_code
    assert "was kept of three-fruits" in other.output
