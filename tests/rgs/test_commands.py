"""The `rgs` command: every subcommand, as a person and as a program would call it."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from rgs.cli import COMMANDS, say
from tests.rgs.server import ROOT, serving


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data directory with a record in it."""
    place = tmp_path_factory.mktemp("kept")
    rgs("wallet", "grant", "ann", "1", "--reason", "to make it", data=place)
    return place


ROUND = "11111111-1111-4111-8111-111111111111"


def rgs(*words: str, data: Path, code: int = 0, **environment: str) -> str:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("RGS_")}
    done = subprocess.run(
        [sys.executable, "-m", "rgs", *words],
        cwd=ROOT,
        env={**clean, "RGS_DATA": str(data), **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert code == done.returncode, done.stderr
    return done.stdout + (done.stderr if code else "")


def test_help_names_every_command(tmp_path: Path) -> None:
    shown = rgs("--help", data=tmp_path)
    assert [name for name in COMMANDS if f"  {name} " not in shown] == []


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(tmp_path: Path, command: str) -> None:
    assert "Usage: " in rgs(command, "--help", data=tmp_path)


@pytest.mark.parametrize("words", [["simulate", "three-fruits", "--spins", "10"], ["rng", "report", "--out", "x"]])
def test_a_command_that_needs_the_simulation_extra_says_so(tmp_path: Path, words: list[str]) -> None:
    program = "import sys; sys.modules['numpy'] = None; from rgs.cli import main; main(sys.argv[1:])"
    done = subprocess.run(
        [sys.executable, "-c", program, *words],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert 1 == done.returncode
    assert "Error: this needs numpy: pip install 'pyrgs[simulation]'" == done.stderr.strip()


def test_games_are_listed_for_people_and_for_programs(tmp_path: Path) -> None:
    assert "three-fruits" in rgs("games", data=tmp_path)
    listed = json.loads(rgs("games", "--json", data=tmp_path))["games"]
    assert "7823/8192" == next(game for game in listed if game["id"] == "three-fruits")["modes"][0]["rtp"]


def test_a_misspelt_setting_stops_the_start_with_its_name(tmp_path: Path) -> None:
    assert "server.prot: there is no such setting" in rgs("serve", data=tmp_path, code=1, RGS_SERVER__PROT="1")


def test_a_backend_that_is_not_installed_is_named(tmp_path: Path) -> None:
    file = tmp_path / "rgs.yaml"
    file.write_text("operators: {casino: {backend: telegraph}}\nkeys: []\n")
    shown = rgs("--config", str(file), "serve", data=tmp_path, code=1)
    assert "'telegraph'" in shown
    assert "social" in shown


def test_a_second_server_on_the_same_data_is_refused(tmp_path: Path) -> None:
    with serving(tmp_path):
        assert "another process is using" in rgs("serve", data=tmp_path, code=1, RGS_SERVER__PORT="0")


def test_a_house_in_memory_does_not_take_a_running_one_s_staff_away(tmp_path: Path) -> None:
    with serving(tmp_path):
        refused = rgs("serve", data=tmp_path, code=1, RGS_SERVER__PORT="0", RGS_STORE="memory")
        assert "another process is using" in refused
        assert (tmp_path / "control.sock").exists()
        assert "no rounds" in rgs("rounds", "list", data=tmp_path)


@pytest.mark.parametrize("words", [["serve"], ["rounds", "list"]])
@pytest.mark.parametrize("name", ["rgs.sqlite", "rgs.lock", "social.sqlite"])
def test_data_that_cannot_be_opened_are_told_in_a_line(tmp_path: Path, words: list[str], name: str) -> None:
    rgs("wallet", "grant", "ann", "1", "--reason", "to make it", data=tmp_path)
    (tmp_path / name).unlink()
    (tmp_path / name).mkdir()
    told = rgs(*words, data=tmp_path, code=1, RGS_SERVER__PORT="0")
    assert [f"Error: {tmp_path / name}"] == [line[: len(f"Error: {tmp_path / name}")] for line in told.splitlines()]


def test_what_players_and_operators_wrote_forges_no_line_of_a_list(capsys: pytest.CaptureFixture[str]) -> None:
    say("ann\nforged \x1b[31m\x9b\u202e\u2028\r caf\u00e9 \U0001f600")
    assert "ann\\nforged \\x1b[31m\\x9b\\u202e\\u2028\\r caf\u00e9 \U0001f600\n" == capsys.readouterr().out


def test_a_port_that_is_taken_is_named(tmp_path: Path) -> None:
    with serving(tmp_path / "a") as server:
        port = str(server.port)
        shown = rgs("serve", data=tmp_path / "b", code=1, RGS_SERVER__PORT=port)
        assert f"cannot serve at 127.0.0.1:{port}" in shown


def limited(words: list[str], data: Path, limit: tuple[int, int], **environment: str) -> subprocess.Popen[str]:
    """`rgs` with a limit of open files."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("RGS_")}
    return subprocess.Popen(
        ["prlimit", f"--nofile={limit[0]}:{limit[1]}", sys.executable, "-m", "rgs", *words],
        cwd=ROOT,
        env={**clean, "RGS_DATA": str(data), "RGS_SERVER__PORT": "0", **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_a_server_raises_its_soft_limit_of_open_files_and_names_the_setting_if_the_hard_one_is_too_low(
    tmp_path: Path,
) -> None:
    with limited(["serve"], tmp_path, (256, 4096)) as started:
        assert started.stdout is not None
        ready, allowed = started.stdout.readline(), Path(f"/proc/{started.pid}/limits").read_text()
        started.terminate()
        assert ready.startswith("ready")
    soft = next(line for line in allowed.splitlines() if line.startswith("Max open files")).split()[3]
    assert 1000 < int(soft) <= 4096
    with limited(["serve"], tmp_path, (256, 256)) as refused:
        _, told = refused.communicate(timeout=60)
    assert 1 == refused.returncode
    assert "server.connections: 1000 can need" in told
    assert "may open 256" in told
    assert "Traceback" not in told


def test_rounds_are_looked_up_through_a_running_server_and_without_one(tmp_path: Path) -> None:
    with serving(tmp_path):
        assert "no rounds" in rgs("rounds", "list", data=tmp_path)
        assert "there is no round" in rgs("rounds", "show", ROUND, data=tmp_path, code=1)
        assert "0 rounds moved" in rgs("recover", data=tmp_path)
    assert {"rounds": [], "unreadable": []} == json.loads(rgs("rounds", "list", "--json", data=tmp_path))
    assert "there is no round" in rgs("rounds", "show", ROUND, data=tmp_path, code=1)


def test_play_money_is_granted_in_any_of_its_coins(tmp_path: Path) -> None:
    (tmp_path / "rgs.yaml").write_text(
        "operators: {social: {backend: social, options: {more: [{currency: GEM, exponent: 0, opening_balance: 50}]}}}\n"
    )

    def grant(*words: str, code: int = 0) -> str:
        told = ["wallet", "grant", "ann", "7", "--reason", "a present", *words]
        return rgs("--config", str(tmp_path / "rgs.yaml"), *told, data=tmp_path, code=code)

    assert "ann was given 0.07 FUN and has 1000.07 FUN (nobody called ann has played here yet)\n" == grant()
    told = json.loads(grant("--currency", "GEM", "--json"))
    assert {"player": "ann", "balance": 57, "currency": "GEM", "exponent": 0, "played": False} == told
    assert "there are no coins called 'EUR'; there are FUN, GEM" in grant("--currency", "EUR", code=1)


def test_free_rounds_are_given_looked_up_and_taken_back_through_a_running_server_and_without_one(
    tmp_path: Path,
) -> None:
    words = ["--game", "three-fruits", "--rounds", "5", "--stake", "100", "--id", "welcome"]
    with serving(tmp_path):
        assert rgs("rewards", "give", "ann", *words, data=tmp_path).startswith("welcome  active  5 of 5 rounds left")
    assert rgs("rewards", "give", "ann", *words, data=tmp_path).startswith("welcome  active  5 of 5 rounds left")
    given = json.loads(rgs("rewards", "list", "ann", "--json", data=tmp_path))["rewards"]
    assert [("welcome", "active", 5, {"three-fruits": 100}, "FUN")] == [
        (each["reward"], each["standing"], each["left"], each["stakes"], each["currency"]) for each in given
    ]
    assert "welcome  withdrawn  5 of 5" in rgs("rewards", "withdraw", "ann", "welcome", data=tmp_path)
    assert "bob has no rewards" in rgs("rewards", "list", "bob", data=tmp_path)
    assert "bob has no reward welcome" in rgs("rewards", "withdraw", "bob", "welcome", data=tmp_path, code=1)
    again = [word if word != "5" else "6" for word in words]
    assert "reward welcome is another one" in rgs("rewards", "give", "ann", *again, data=tmp_path, code=1)
    wrong = [word if word != "100" else "101" for word in words]
    assert "a stake of three-fruits is one of" in rgs("rewards", "give", "bob", *wrong, data=tmp_path, code=1)


@pytest.mark.parametrize(
    "words",
    [
        ["reconcile", "--operator", "nope"],
        ["wallet", "grant", "ann", "5", "--reason", "x", "--operator", "nope"],
        ["rewards", "give", "x", "--game", "three-fruits", "--rounds", "5", "--stake", "100", "--operator", "nope"],
        ["rewards", "list", "ann", "--operator", "nope"],
        ["rewards", "withdraw", "ann", "welcome", "--operator", "nope"],
        ["rounds", "list", "--player", "nope/ann"],
    ],
    ids=" ".join,
)
def test_an_operator_that_is_not_there_is_named_and_so_are_those_that_are(kept: Path, words: list[str]) -> None:
    assert "there is no operator 'nope'; there is social" in rgs(*words, data=kept, code=1)


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (["wallet", "grant", "ann", "-5", "--reason", "x"], "-5 is not in the range"),
        (["wallet", "grant", "ann", "5", "--reason", " "], "a reason has words"),
        (["wallet", "grant", "demo-ann", "5", "--reason", "x"], "demo-ann is a token; its player is ann"),
        (["rounds", "list", "--state", "nope"], "'nope' is not one of 'opened'"),
        (["rounds", "list", "--player", "nope"], "--player is OPERATOR/PLAYER, as social/ann is"),
    ],
)
def test_what_staff_asks_for_wrongly_is_refused_in_words(kept: Path, words: list[str], complaint: str) -> None:
    shown = rgs(*words, data=kept, code=1 if complaint[0] in "ad" else 2)
    assert complaint in shown
    assert "Traceback" not in shown


@pytest.mark.parametrize("words", [["reconcile"], ["reconcile", "--operator", "casino"]])
def test_a_reconciliation_that_compared_nothing_is_no_success(tmp_path: Path, kept: Path, words: list[str]) -> None:
    settings = tmp_path / "rgs.yaml"
    options = "{url: http://127.0.0.1:9, casino: c, keys: [{variable: KEY}], currencies: {EUR: 2}}"
    settings.write_text(f"operators: {{casino: {{backend: a8r_v2, options: {options}}}}}\nkeys: []\n")
    shown = rgs("--config", str(settings), *words, data=kept, code=1, KEY="secret")
    assert "nothing was compared: the books of casino cannot be read from here" in shown


@pytest.mark.parametrize(
    "words",
    [
        ["audit", "verify"], ["audit", "seal"], ["rounds", "list"], ["rounds", "show", ROUND], ["recover"],
        ["reconcile"], ["rewards", "list", "ann"],
    ],
    ids=" ".join,
)  # fmt: skip
def test_a_command_that_looks_at_the_record_makes_none(tmp_path: Path, words: list[str]) -> None:
    place = tmp_path / "nowhere"
    assert f"Error: there is no record in {place}\n" == rgs(*words, data=place, code=1)
    assert not place.exists()


@pytest.mark.parametrize("place", ["/dev/null", "/proc/zz"])
@pytest.mark.parametrize("words", [["serve"], ["rounds", "list"], ["wallet", "grant", "a", "5", "--reason", "x"]])
def test_a_place_that_can_hold_no_data_is_named_in_a_line(place: str, words: list[str]) -> None:
    shown = rgs(*words, data=Path(place), code=1)
    assert place in shown
    assert 1 == len(shown.splitlines())


def test_a_stopped_server_says_so_and_leaves_nothing_behind(tmp_path: Path) -> None:
    with serving(tmp_path) as server:
        errors = server.stop()
    assert 0 == server.process.returncode
    assert "stopping" in errors
    assert "Traceback" not in errors
    assert not (tmp_path / "control.sock").exists()
