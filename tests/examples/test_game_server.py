"""Somebody else's game server against the real one: its books agree, whatever breaks on the way."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen
from uuid import uuid4

import pytest

from examples import game_server
from tests.examples.flaky import ANSWER_CUT, ANSWER_LOST, FINE, LOST, flaky
from tests.rgs.server import ROOT, Server, serving

ROUND = re.compile(r" *\d+  \w+ +\w+ +\w+ +stake ([\d.,]+) FUN  win ([\d.,]+) FUN")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(tmp_path_factory.mktemp("data")) as server:
        yield server


def command(server: Server, player: str, rounds: int, url: str | None = None) -> list[str]:
    return [
        sys.executable, str(ROOT / "examples" / "game_server.py"), "--url", url or server.url,
        "--key-file", str(server.data / "game-server.key"), "--player", player, "--rounds", str(rounds),
    ]  # fmt: skip


def run(server: Server, player: str, rounds: int, url: str | None = None) -> list[str]:
    """The lines it printed. It must have ended well."""
    done = subprocess.run(command(server, player, rounds, url), capture_output=True, text=True, timeout=120)
    assert (0, "") == (done.returncode, done.stderr), done.stdout
    return done.stdout.splitlines()


def ask(server: Server, path: str, **body: Any) -> Any:
    headers = {"Authorization": f"Bearer {server.key}", "Content-Type": "application/json"}
    with urlopen(Request(server.url + path, json.dumps(body).encode(), headers), timeout=30) as answer:
        return json.load(answer)


def cents(text: str) -> int:
    return int(re.sub(r"\D", "", text))


def check_books(lines: list[str], rounds: int, opening: int = 100_000) -> None:
    """What was printed of each round adds up to the balance that the operator told at the end."""
    played = [match for line in lines if (match := ROUND.match(line))]
    assert rounds == len(played)
    end = re.search(r"has ([\d.,]+) FUN: .* agree$", lines[-1])
    assert end is not None
    assert opening + sum(cents(m[2]) - cents(m[1]) for m in played) == cents(end[1])


def test_it_plays_and_its_books_agree(server: Server) -> None:
    lines = run(server, "plain", 10)
    assert "plain has 1,000.00 FUN" == lines[0]
    check_books(lines, 10)


@pytest.mark.parametrize("fate", [LOST, ANSWER_LOST, ANSWER_CUT])
def test_on_a_bad_line_nothing_is_done_twice_and_nothing_is_left_out(server: Server, fate: str) -> None:
    with flaky(server.port, [FINE, fate]) as line:
        check_books(run(server, f"bad-{fate.replace(' ', '-')}", 6, line.url), 6)
        assert fate in line.suffered


def test_a_server_that_is_killed_and_started_again_is_waited_for(tmp_path: Path) -> None:
    server = Server(tmp_path / "data")
    game = subprocess.Popen(command(server, "waiting", 60), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    try:
        assert game.stdout is not None
        lines = [game.stdout.readline() for _ in range(8)]
        server.kill()
        server = Server(tmp_path / "data", RGS_SERVER__PORT=str(server.port))
        rest, _ = game.communicate(timeout=60)
        lines = [line.rstrip("\n") for line in lines] + rest.splitlines()
        assert 0 == game.returncode, rest
        check_books(lines, 60)
    finally:
        game.kill()
        game.wait()
        server.stop()


@pytest.mark.parametrize("drawn", [False, True])
def test_a_round_that_an_earlier_run_left_open_is_finished_with_what_was_drawn(server: Server, drawn: bool) -> None:
    player, round = f"left-{drawn}", str(uuid4())
    visit = ask(server, "/v1/player", operator="social", token=f"demo-{player}", game=game_server.GAME)
    ask(server, "/v1/escrow", session=visit["session"], round=round, stake=100)
    spin = {"weights": game_server.WEIGHTS, "count": game_server.REELS, "round": round, "draw": 1}
    symbols = ask(server, "/v1/rng/weighted", **spin)["values"] if drawn else None
    lines = run(server, player, 1)
    assert lines[1].startswith("  left  ")
    again = ask(server, "/v1/rng/weighted", **spin)["values"]
    assert again == lines[1].split()[1:4]
    assert symbols in (None, again)
    assert lines[-1].endswith("agree")
    assert "DO NOT" not in lines[-1]


def test_without_money_nothing_is_played(server: Server) -> None:
    done = subprocess.run(
        [*command(server, "poor", 2), "--stake", "100001"], capture_output=True, text=True, timeout=60
    )
    assert 0 == done.returncode
    assert 2 == done.stdout.count("declined: insufficient_funds")


def test_what_cannot_be_drawn_is_cancelled(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(game_server, "WEIGHTS", [("cherry", 0)])
    rgs = game_server.Rgs(server.url, server.key, patience=20)
    visit = game_server.Visit(rgs, "demo-no-draw")
    assert visit.play(100).startswith("cancelled: bad_request")
    assert (0, visit.start) == (visit.owed, visit.balance())


def test_a_draw_whose_answer_never_came_is_not_cancelled_but_found_again(server: Server) -> None:
    with flaky(server.port, [FINE, FINE, *[ANSWER_LOST] * 100]) as line:
        visit = game_server.Visit(game_server.Rgs(line.url, server.key, patience=0.3), "demo-doubt")
        with pytest.raises(game_server.Unanswered):
            visit.play(100)
    lines = run(server, "doubt", 0)
    assert ("doubt has 999.00 FUN", "  left  ") == (lines[0], lines[1][:8])


def test_the_return_that_it_tells_is_the_exact_one() -> None:
    weights = dict(game_server.WEIGHTS)
    assert 12 == sum(weights.values())
    assert 1646 == sum(weights[name] ** 3 * times for name, times in game_server.PAYS.items())


@pytest.mark.parametrize(
    ("content", "words"),
    [(None, "No such file"), ("one\ntwo\n", "2 words are there"), ("", "0 words are there")],
)
def test_a_file_that_has_no_key_is_named(tmp_path: Path, content: str | None, words: str) -> None:
    file = tmp_path / "key"
    if content is not None:
        file.write_text(content)
    with pytest.raises(SystemExit, match=words) as refused:
        game_server.key_in(file)
    assert str(file) in str(refused.value)


def test_who_waits_for_an_answer_is_told_for_what(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(game_server, "SILENCE", 0)
    with pytest.raises(game_server.Unanswered):
        game_server.Rgs("http://127.0.0.1:9/", "key", patience=0.5).ask("/v1/player")
    assert "no answer from http://127.0.0.1:9 yet: asking for up to 0 s\n" == capsys.readouterr().err
