"""A game server of somebody else's: a slot whose maths is here, and whose money, chance and record are the RGS's.

It needs nothing but Python, an address and an API key:

    python examples/game_server.py --url http://127.0.0.1:8000 --key-file data/game-server.key --player ann --rounds 10

A round goes through the four stages, with its draw between them:

    player -> escrow -> draw -> result
                 '-> cancel, if it cannot be drawn

Two rules keep every cent right, whatever breaks on the way:

  1. What was not answered is sent again, to the byte. The round's id, and the number of a draw, make it the same request,
     so it is done once however often it arrives. 202 says that money is still in doubt: ask again.
  2. A round that was drawn is reported, never cancelled. After a crash of this program its open round is found with the
     session; the same draw number gives the same symbols, and the round goes on from there.
"""

import argparse
import json
import random
import sys
import time
import uuid
from collections.abc import Mapping
from http.client import HTTPException
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

# ------------------------------------------------------------------------------------------------ the game

GAME = "three-alike"
REELS = 3
WEIGHTS = [("cherry", 5), ("lemon", 4), ("bell", 2), ("seven", 1)]
PAYS = {"cherry": 4, "lemon": 9, "bell": 40, "seven": 250}
"""Times the stake, for three alike. Of 12^3 equally likely spins they return 1646/1728 = 95.25 % of the stake."""


def win_of(symbols: list[str], stake: int) -> int:
    """What these symbols pay, in minor units."""
    return stake * PAYS[symbols[0]] if len(set(symbols)) == 1 else 0


# ------------------------------------------------------------------------------------------------ the wire


class Refused(Exception):
    """The RGS answered that it will not; `certain` if no earlier sending of the request went unanswered."""

    def __init__(self, problem: Mapping[str, Any], *, certain: bool) -> None:
        super().__init__(f"{problem['code']}: {problem['detail']}")
        self.problem = problem
        self.certain = certain


class Unanswered(Exception):
    """There was no final answer in all our patience. What was asked may have happened, or may happen yet."""


SILENCE = 3
"""Seconds without an answer after which the person who started this is told what it waits for."""


def key_in(file: Path) -> str:
    """The API key: the one line of a file. Raises `SystemExit` with what is wrong."""
    try:
        lines = file.read_text().split()
    except (OSError, UnicodeDecodeError) as problem:
        raise SystemExit(
            f"{file}: {getattr(problem, 'strerror', 'no text')}; a server writes its key into its data"
        ) from None
    if len(lines) != 1:
        raise SystemExit(f"{file}: one line with a key is wanted, {len(lines)} words are there")
    return lines[0]


class Rgs:
    """Sends requests until they are answered."""

    def __init__(self, url: str, key: str, patience: float) -> None:
        self._url = url.rstrip("/")
        self._headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
        self._patience = patience

    def ask(self, path: str, **body: Any) -> dict[str, Any]:
        """POST until the answer is final. Raises `Refused`, `Unanswered`."""
        data = json.dumps(body).encode()  # made once: a retry is the same to the byte
        begin, pause, certain, told = time.monotonic(), 0.05, True, False
        end = begin + self._patience
        while True:
            status, answer, wait = self._send(path, data)
            if status in (200, 201):
                return answer
            if status == 202 and answer["state"] == "disputed":
                raise Unanswered(
                    f"{path}: the facts contradict each other; people decide about round {answer['round']}"
                )
            if status >= 400 and not answer["retryable"]:
                raise Refused(answer, certain=certain)
            certain = certain and status != 0
            if status == 0 and not told and time.monotonic() - begin > SILENCE:
                print(f"no answer from {self._url} yet: asking for up to {self._patience:.0f} s", file=sys.stderr)
                told = True
            pause = min(2 * pause, 5)
            wait = max(wait, pause * random.uniform(0.5, 1))  # not all clients at the same moment
            if time.monotonic() + wait > end:
                if status >= 400:
                    raise Refused(answer, certain=certain)
                raise Unanswered(f"{path}: no final answer in {self._patience:.0f} s")
            time.sleep(wait)

    def _send(self, path: str, data: bytes) -> tuple[int, dict[str, Any], float]:
        """Status, answer and the seconds to wait before asking again; status 0 if there was no whole answer."""
        try:
            request = Request(self._url + path, data, self._headers)
            try:
                response = urlopen(request, timeout=30)
            except HTTPError as problem:
                response = problem
            with response:
                return response.status, json.loads(response.read()), float(response.headers.get("Retry-After", 0))
        except (OSError, HTTPException, ValueError):
            return 0, {}, 0


# ------------------------------------------------------------------------------------------------ the stages


class Visit:
    """One player at the game. `owed` is what our own books say that the balance has changed by."""

    def __init__(self, rgs: Rgs, token: str) -> None:
        self._rgs = rgs
        self._player = rgs.ask("/v1/player", operator="social", token=token, game=GAME)
        self.start: int = self._player["balance"]
        self.owed = 0

    def balance(self) -> int:
        """What the operator says now."""
        balance: int = self._rgs.ask("/v1/player", session=self._player["session"])["balance"]
        return balance

    def resume(self) -> str | None:
        """Finish the round that an earlier run left open, if there is one. Its stake is set aside already."""
        left = self._player["open_round"]
        return left and self._finish(left["round"], left["stake"])

    def play(self, stake: int) -> str:
        """One round. Returns a line that tells it."""
        round = str(uuid.uuid4())
        try:
            escrow = self._rgs.ask("/v1/escrow", session=self._player["session"], round=round, stake=stake)
        except Refused as refused:
            if refused.problem["code"] != "declined":
                raise
            return f"declined: {refused.problem.get('reason', 'no reason given')}"
        if escrow["state"] != "escrowed":  # the operator gave no answer in time, and the stake went back
            return f"no round: {escrow['state']}"
        self.owed -= stake
        return self._finish(round, stake)

    def _finish(self, round: str, stake: int) -> str:
        try:
            drawn = self._rgs.ask("/v1/rng/weighted", weights=WEIGHTS, count=REELS, round=round, draw=1)
        except Refused as refused:
            if not refused.certain:
                raise  # an earlier sending may have drawn: a later run asks again
            self._rgs.ask("/v1/cancel", round=round, reason=str(refused)[:200])
            self.owed += stake
            return f"cancelled: {refused}"
        symbols = drawn["values"]
        win = win_of(symbols, stake)
        told = self._rgs.ask("/v1/result", round=round, win=win, outcome={"symbols": symbols})
        self.owed += win
        return f"{' '.join(f'{s:<6}' for s in symbols)}  stake {self.money(stake)}  win {self.money(told['win'])}"

    def money(self, minor: int) -> str:
        """Minor units as people write them."""
        exponent, sign = self._player["exponent"], "-" if minor < 0 else ""
        digits = str(abs(minor)).rjust(exponent + 1, "0")
        whole, fraction = (digits[:-exponent], "." + digits[-exponent:]) if exponent else (digits, "")
        return f"{sign}{int(whole):,}{fraction} {self._player['currency']}"


def main() -> int:
    """Play rounds and compare our books with the operator's. 0 if they agree."""
    parser = argparse.ArgumentParser(description="A slot that plays over the API of a remote gaming server.")
    parser.add_argument("--url", default="http://127.0.0.1:8000")
    parser.add_argument("--key-file", type=Path, default=Path("data/game-server.key"))
    parser.add_argument("--player", default="ann", metavar="NAME")
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--stake", type=int, default=100, help="minor units a round")
    parser.add_argument("--patience", type=float, default=120, help="seconds for which a request is repeated")
    options = parser.parse_args()
    rgs = Rgs(options.url, key_in(options.key_file), options.patience)
    try:
        visit = Visit(rgs, f"demo-{options.player}")
        print(f"{options.player} has {visit.money(visit.start)}", flush=True)
        if left := visit.resume():
            print(f"  left  {left}", flush=True)
        for number in range(1, options.rounds + 1):
            print(f"{number:6}  {visit.play(options.stake)}", flush=True)
        end = visit.balance()
    except (Refused, Unanswered) as problem:
        print(f"stopped: {problem}", file=sys.stderr)
        return 2
    agree = end - visit.start == visit.owed
    print(f"{options.player} has {visit.money(end)}: {visit.money(visit.owed)} by our books, which", end=" ")
    print("agree" if agree else "DO NOT AGREE")
    return 0 if agree else 1


if __name__ == "__main__":
    sys.exit(main())
