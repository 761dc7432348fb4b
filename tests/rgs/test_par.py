"""`rgs par` and `rgs simulate`, for people and for programs."""

import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from rgs.commands.par import par
from rgs.commands.simulate import simulate
from tests.games.catalogue import GAMES, names


def told(command: Any, *arguments: str) -> dict[str, Any]:
    result = CliRunner().invoke(command, [*arguments, "--json"], catch_exceptions=False)
    assert 0 == result.exit_code, result.output
    report: dict[str, Any] = json.loads(result.stdout)
    return report


@pytest.mark.parametrize("game", GAMES, ids=names)
def test_the_sheet_tells_the_return_of_each_mode_and_how_it_was_got(game: Any) -> None:
    sheet = told(par, game.id, "--spins", "20000")
    for mode in game.modes:
        rtp = sheet["modes"][mode.id]["rtp"]
        assert mode.rtp == Fraction(rtp["declared"])
        assert rtp["method"]
        if rtp["exact"] is None:
            assert abs(rtp["simulated"] - float(mode.rtp)) < 6 * rtp["standard_error"]
        else:
            assert mode.rtp == Fraction(rtp["exact"])
            assert (
                mode.rtp
                == sum(Fraction(part) for part in sheet["modes"][mode.id].get("split", {}).get("base", {}).values())
                + Fraction(sheet["modes"][mode.id].get("free_rtp", "0/1"))
                or "split" not in sheet["modes"][mode.id]
            )


def test_the_sheet_is_readable() -> None:
    result = CliRunner().invoke(par, ["three-fruits"])
    assert 0 == result.exit_code
    assert "95.495605%   7823/8192 (recurrence over the reels)" in result.stdout


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
