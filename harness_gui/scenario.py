"""Scenarios: what QA would do at the window, in a file, with what must be seen after each step.

    name: A lost escrow answer heals
    about: ...
    steps:
      - arm: {call: escrow, fault: time-out after, when: next}
      - spin: {stake: 100}
      - expect: {state: cancelled, available: 100000, held: 0, lamps: green}

Steps: arm, disarm, force, open, refresh, spin, repeat, choose, cancel, recover, deliver, forward (seconds), stage, expect. A
session is open from the start. `stage` is a game server's escrow, draw, result or cancel. `expect` looks at the newest round,
the player's money, what the last step was refused with, and the lamps (`green`, or the list of those that must be red).
`traits` are what the operator's wallet says of itself, where the scenario wants another one than there is.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import yaml

from core.errors import RequestError
from harness_gui import tapes
from harness_gui.bench import Balances, Bench, Refused
from harness_gui.solver import Wanted
from harness_gui.stages import Stages
from ports.record import Round
from ports.rounds import RoundOpen
from ports.wallet import WalletError
from rgs.settings import Settings

SCENARIOS = Path(__file__).parent / "scenarios"
TOKEN = "demo-scenario"  # noqa: S105 - a play-money player


class ScenarioError(ValueError):
    """The file is no scenario; the message names the place."""


@dataclass(slots=True)
class Outcome:
    """How a scenario went."""

    name: str
    failures: list[str] = field(default_factory=list)

    @property
    def passed(self) -> bool:
        """Everything was as expected."""
        return not self.failures


def load(file: Path) -> Mapping[str, Any]:
    """Read a scenario. Raises `ScenarioError`."""
    try:
        read: Any = yaml.safe_load(file.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as problem:
        raise ScenarioError(f"{file.name}: {problem}") from None
    unknown = (
        set(read) - {"name", "about", "operator", "game", "token", "traits", "steps"}
        if isinstance(read, dict)
        else None
    )
    if unknown is None or unknown or not isinstance(read.get("steps"), list) or not read["steps"]:
        raise ScenarioError(f"{file.name}: a scenario has a name and steps, and not {', '.join(unknown or ['this'])}")
    for number, step in enumerate(read["steps"], 1):
        if not isinstance(step, dict) or len(step) != 1 or next(iter(step)) not in STEPS:
            raise ScenarioError(f"{file.name}: step {number} is none of {', '.join(STEPS)}")
    scenario: Mapping[str, Any] = read
    return scenario


def run(file: Path, settings: Settings | None = None, look: Callable[[Bench], object] = lambda _: None) -> Outcome:
    """Run a scenario on a bench of its own: fresh data in memory, the operators of `settings`. Raises `ScenarioError`.

    `look` is shown the bench at the end.
    """
    read = load(file)
    with TemporaryDirectory(prefix="rgs-scenario-") as data:
        own = (settings or Settings()).model_copy(update={"store": "memory", "data": Path(data)})
        with Bench(own) as bench:
            outcome = _Runner(bench, str(read.get("name", file.stem))).play(read)
            look(bench)
            return outcome


_WRONG = (ValueError, TypeError, KeyError)
"""A step that is not as it should be."""


def _words(problem: Exception) -> str:
    return f"{problem} is missing" if isinstance(problem, KeyError) else str(problem)


class _Runner:
    def __init__(self, bench: Bench, name: str) -> None:
        self._bench = bench
        self._outcome = Outcome(name)
        self._round: str | None = None
        self._problem = ""
        self._values: Any = None
        self._before: int | None = None
        """What the player could spend before the newest bet."""
        self._stages = Stages(bench.container, bench.journal)
        self._open: Callable[[], object]
        self._sit: Callable[[], object]

    def play(self, scenario: Mapping[str, Any]) -> Outcome:
        bench = self._bench
        operator = scenario.get("operator", bench.backends[0].operator)
        game = scenario.get("game", bench.games[0].game.id)
        token = scenario.get("token", TOKEN)
        self._open = lambda: bench.open_session(operator=operator, token=token, game=game)
        self._sit = lambda: self._stages.sit(operator=operator, token=token)
        try:
            bench.pretend(operator, scenario.get("traits", {}))
            self._open()
        except (RequestError, WalletError, Refused, *_WRONG) as problem:
            self._outcome.failures.append(f"no session: {_words(problem)}")
            return self._outcome
        for number, step in enumerate(scenario["steps"], 1):
            ((verb, fields),) = step.items()
            try:
                STEPS[verb](self, fields or {})
            except _WRONG as problem:
                self._outcome.failures.append(f"step {number}, {verb}: {_words(problem)}")
        return self._outcome

    def arm(self, fields: Mapping[str, Any]) -> None:
        self._bench.arm(fields["call"], fields["fault"], str(fields.get("when", "next")))

    def disarm(self, fields: Mapping[str, Any]) -> None:
        self._bench.disarm_all()

    def force(self, fields: Mapping[str, Any]) -> None:
        shots = fields.get("shots", 1)
        if "case" in fields:
            self._bench.force.case(fields["case"], shots=shots)
        elif "outcome" in fields:
            self._bench.force.outcome(self._wanted(**fields["outcome"]), shots=shots)
        elif "server" in fields:
            self._bench.force.server(tapes.checked(fields["server"]), shots=shots)
        else:
            self._bench.force.stops(fields["stops"], shots=shots)

    def _wanted(
        self, *, least: float = 0, most: float | None = None, event: str | None = None, cells: Sequence[Any] = ()
    ) -> Wanted:
        """Wins are so many times the bet, cells are [reel, row, symbol]."""
        cost = self._bench.listing.game.cost(self._bench.wager())
        return Wanted(
            low=round(least * cost),
            high=None if most is None else round(most * cost),
            event=event,
            cells={(reel, row): symbol for reel, row, symbol in cells},
        )

    def save(self, fields: Mapping[str, Any]) -> None:
        self._bench.force.save(fields["case"], self._id())

    def open(self, fields: Mapping[str, Any]) -> None:
        self._ask(self._open)

    def refresh(self, fields: Mapping[str, Any]) -> None:
        self._ask(self._bench.refresh)

    def spin(self, fields: Mapping[str, Any]) -> None:
        self._before = self._bench.balances().available
        self._answered(lambda: self._bench.spin(**fields))

    def repeat(self, fields: Mapping[str, Any]) -> None:
        self._answered(lambda: self._bench.repeat(self._id()))

    def choose(self, fields: Mapping[str, Any]) -> None:
        self._answered(lambda: self._bench.choose(self._id(), fields["choice"]))

    def cancel(self, fields: Mapping[str, Any]) -> None:
        self._answered(lambda: self._bench.cancel(self._id(), fields["reason"]))

    def recover(self, fields: Mapping[str, Any]) -> None:
        self._bench.recover()

    def deliver(self, fields: Mapping[str, Any]) -> None:
        self._bench.deliver()

    def forward(self, fields: Mapping[str, Any]) -> None:
        self._bench.forward(timedelta(seconds=fields["seconds"]))

    def stage(self, fields: Mapping[str, Any]) -> None:
        match fields:
            case {"escrow": stake}:
                self._ask(self._sit)
                self._answered(lambda: self._stages.escrow(stake))
            case {"draw": asked}:
                self._values = None
                self._ask(lambda: setattr(self, "_values", self._stages.draw(self._id(), asked)))
            case {"result": win}:
                self._answered(lambda: self._stages.result(self._id(), win, fields.get("outcome")))
            case {"cancel": reason}:
                self._answered(lambda: self._stages.cancel(self._id(), reason))
            case _:
                raise ValueError("a stage is one of escrow, draw, result, cancel")

    def expect(self, fields: Mapping[str, Any]) -> None:
        seen = self._seen(fields)
        for name, wanted in fields.items():
            if name not in seen:
                raise ValueError(f"{name} cannot be expected; {', '.join(seen)} can")
            if seen[name] != wanted:
                self._outcome.failures.append(f"{name} is {seen[name]!r}, expected {wanted!r}")

    def _seen(self, fields: Mapping[str, Any]) -> dict[str, Any]:
        round = None if self._round is None else self._bench.find(self._round)
        money = self._bench.balances()
        seen: dict[str, Any] = {
            "state": None if round is None else str(round.state),
            "reason": None if round is None else round.reason,
            "win": None if round is None else round.win,
            "forced": None if round is None else round.terms.forced,
            "versions": 0 if round is None else round.version,
            "available": money.available,
            "held": money.held,
            "paid": self._paid(round, money),
            "refused": self._problem or None,
            "values": self._values,
            "sends": {
                call: sum(c.call == call and c.round == self._round for c in self._bench.transactions())
                for call in ("escrow", "result", "cancel", "query")
            },
        }
        if isinstance(fields.get("sends"), dict):
            seen["sends"] = {call: seen["sends"].get(call) for call in fields["sends"]}
        if "lamps" in fields:
            red = [lamp.id for lamp in self._bench.invariants() if lamp.holds is False]
            seen["lamps"] = red or "green"
        return seen

    def _paid(self, round: Round | None, money: Balances) -> float | None:
        """How often the win of the newest round has reached the player; None: there is none, or nobody knows."""
        if round is None or not round.win or money.available is None or self._before is None:
            return None
        return (money.available - self._before + round.staked) / round.win

    def _answered(self, ask: Callable[[], Round]) -> None:
        def keep() -> None:
            self._round = ask().id

        self._ask(keep)

    def _ask(self, ask: Callable[[], object]) -> None:
        self._problem = ""
        try:
            ask()
        except RoundOpen as problem:
            self._problem, self._round = "RoundOpen", problem.round
        except (RequestError, WalletError, Refused) as problem:
            self._problem = type(problem).__name__

    def _id(self) -> str:
        if self._round is None:
            raise ValueError("there is no round yet")
        return self._round


STEPS: Mapping[str, Callable[[_Runner, Mapping[str, Any]], None]] = {
    name: getattr(_Runner, name)
    for name in (
        "arm", "disarm", "force", "save", "open", "refresh", "spin", "repeat", "choose", "cancel", "recover", "deliver",
        "forward", "stage", "expect",
    )
}  # fmt: skip
