"""The simulated operators: independent of us, and strict with whoever calls."""

import ast
import hashlib
import hmac
import json
import socket
import subprocess
import sys
from collections.abc import Iterator
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

import pytest

from rgs.conformance.casino import Casino, open_casino
from rgs.conformance.faults import FAULTS
from tests.rgs.server import ROOT

SOURCES = sorted((ROOT / "operator_simulator").glob("*.py"))
ALLOWED = {"operator_simulator", "cryptography"}


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.name)
def test_it_imports_nothing_of_ours(source: Any) -> None:
    tree = ast.parse(source.read_text())
    names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    names |= {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}

    tops = {name.partition(".")[0] for name in names}
    assert set() == tops - ALLOWED - set(sys.stdlib_module_names)


@pytest.fixture(scope="module")
def process() -> Iterator[Casino]:
    with open_casino("a8r_v2") as casino:
        yield casino


@pytest.fixture
def casino(process: Casino) -> Casino:
    process.start_anew()
    return process


def started(*words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "operator_simulator", "--protocol", "a8r_v2", *words]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=30, check=False)


@pytest.mark.parametrize(
    ("option", "value", "words"),
    [
        ("--port", "99999", "99999 is not 0 to 65535"),
        ("--port", "web", "'web' is no number"),
        ("--balance", "abc", "'abc' is no number"),
        ("--balance", "NaN", "NaN is not 0 or more"),
        ("--fault-rate", "7", "7 is not 0 to 1"),
    ],
)
def test_an_option_that_cannot_be_is_refused_in_a_line(option: str, value: str, words: str) -> None:
    done = started(option, value)
    assert 2 == done.returncode
    assert f"error: argument {option}: {words}" in done.stderr.splitlines()[-1]


def test_a_port_that_is_taken_is_named() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = started("--port", str(port))
    assert (1, f"cannot serve at 127.0.0.1:{port}: Address already in use\n") == (done.returncode, done.stderr)


def post(casino: Casino, call: str, body: bytes, key: str = "test_auth_token") -> Any:
    signature = hmac.new(key.encode(), body, hashlib.sha256).hexdigest()
    request = Request(f"{casino.url}/v2/provider_a8r.{call}", body, {"X-REQUEST-SIGN": signature})
    try:
        with urlopen(request, timeout=10) as answer:
            return json.load(answer)
    except HTTPError as problem:
        with problem:
            return json.load(problem)["meta"]["api_code"]


def bet(**changes: Any) -> bytes:
    transaction = {"id_provider": "b-1", "type": "bet", "amount": "1.25"} | changes.pop("transaction", {})
    fields = {"account_id": "jo", "currency": "EUR", "game_id": "g", "round_id": "r", "finished": False}
    return json.dumps(fields | {"transactions": [transaction]} | changes).encode()


def test_a_body_is_checked_as_it_came_whatever_the_order_of_its_keys(casino: Casino) -> None:
    body = b'{ "currency":"EUR",\n "game_id":"g","account_id":"jo" }'

    assert {"balance": "100.00"} == post(casino, "Player/Balance", body)
    assert "403" == post(casino, "Player/Balance", body, key="another")
    assert ["a signature is wrong"] == casino.alarms()


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"transaction": {"amount": 1.25}}, "400"),
        ({"transaction": {"amount": "0"}}, "400"),
        ({"transaction": {"amount": "0.00"}}, "400"),
        ({"transaction": {"amount": "1.0000000000001"}}, "400"),
        ({"transaction": {"amount": "-1"}}, "400"),
        ({"transaction": {"amount": "1e2"}}, "400"),
        ({"transaction": {"type": "gift"}}, "400"),
        ({"finished": "no"}, "400"),
        ({"currency": "SEK"}, "154"),
        ({"account_id": "nobody"}, "101"),
        ({"transaction": {"amount": "100.01"}}, "100"),
        ({"transaction": {"type": "win"}}, "404"),
    ],
)
def test_what_is_not_as_the_protocol_has_it_is_refused_and_moves_nothing(
    casino: Casino, changes: dict[str, Any], code: str
) -> None:
    assert code == post(casino, "Round/BetWin", bet(**changes))
    assert [] == casino.ctl("ledger")["entries"]


def test_a_batch_is_done_whole_or_not_at_all(casino: Casino) -> None:
    two = [{"id_provider": f"b-{n}", "type": "bet", "amount": "60.00"} for n in (1, 2)]

    assert "100" == post(casino, "Round/BetWin", bet(transactions=two))
    assert 100 == casino.balance("jo")


def test_a_request_whose_sender_dies_in_the_middle_of_it_has_not_arrived(casino: Casino) -> None:
    place = urlsplit(casino.url)
    head = "POST /v2/provider_a8r.Round/BetWin HTTP/1.1\r\nHost: x\r\nX-REQUEST-SIGN: 00\r\nContent-Length: 200\r\n\r\n"
    for sent in (head, head + '{"account_id": "jo"'):
        with socket.create_connection((str(place.hostname), int(place.port or 0)), timeout=10) as line:
            line.sendall(sent.encode())
            line.shutdown(socket.SHUT_WR)
            assert b"" == line.recv(100)
    assert ([], []) == (casino.alarms(), casino.exchanges())


def test_other_bytes_under_the_same_id_are_noticed(casino: Casino) -> None:
    post(casino, "Round/BetWin", bet())
    post(casino, "Round/BetWin", bet(session_id="s"))

    assert ["bet b-1 came again with other bytes"] == casino.alarms()


def test_a_balance_is_the_sum_of_its_entries(casino: Casino) -> None:
    post(casino, "Round/BetWin", bet())
    win = {"id_provider": "w-1", "type": "win", "amount": "3.00"}
    post(casino, "Round/BetWin", bet(transactions=[win], finished=True))

    effects = [entry["effect"] for entry in casino.ctl("ledger")["entries"]]
    assert ["-1.25", "3.00"] == effects
    assert "101.75" == casino.ctl("ledger")["balances"]["jo"]


def test_every_fault_of_the_catalogue_is_tried_on_every_backend(casino: Casino) -> None:
    in_other_tests = {"refuse", "refuse_with_status", "balance"}

    assert set(casino.ctl("faults")) == {fault.name for fault in FAULTS} | in_other_tests


@pytest.mark.parametrize(("path", "order"), [("fault", {"fault": "flood"}), ("nothing", {}), ("account", {})])
def test_a_wrong_order_is_answered_with_what_is_wrong(casino: Casino, path: str, order: dict[str, Any]) -> None:
    with pytest.raises(HTTPError) as problem:
        casino.ctl(path, **order)
    with problem.value:
        assert json.load(problem.value)["error"]


def test_it_stops_cleanly() -> None:
    casino = Casino("path_hmac_get", "--player", "kim", "--balance", "5.00", "--currency", "SEK")
    assert {"kim": "5.00"} == casino.ctl("ledger")["balances"]

    casino.stop()

    assert 0 == casino.process.returncode


def test_a_protocol_that_there_is_not_is_refused() -> None:
    command = [sys.executable, "-m", "operator_simulator", "--protocol", "another"]

    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=20)

    assert 2 == ended.returncode
    assert "a8r_v2" in ended.stderr
