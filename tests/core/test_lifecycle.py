"""The walk, arrow by arrow, where a sentence says more than the table of transitions."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from core.catalogue import Catalogue, Listing
from core.errors import BadRequest, Forbidden, GameUnavailable, IdReused, NotFound, RoundFull
from core.external import MAX_RECORD, Key
from core.replay import differences
from games import deep_lanterns, roulette
from ports.game import Json, Turn, Wager
from ports.money import Currency, Money
from ports.randomness import Rng, Tape, Unhealthy
from ports.record import Round, State, Status
from ports.rounds import Bet, RoundOpen
from ports.wallet import Declined, InDoubt, Movement, Reason, Receipt, Traits
from tests.core.house import CANCELS, DRAW, LOST, REPEATS, ROUND, House, in_state
from tests.simulation.games import Coin
from tests.simulation.world import KEY

OTHER = "00000000-0000-4000-8000-000000000002"
NO_TOMBS = Traits(real_money=False, tombstones=False)
FORGETS = Traits(
    real_money=False, in_doubt=InDoubt.REPEAT, tombstones=True, idempotency_window=timedelta(minutes=10), queryable=True
)
FORGETS_AND_IS_MUTE = Traits(real_money=False, tombstones=True, idempotency_window=timedelta(minutes=10))


def statuses(round: Round) -> dict[str, Status]:
    return {f"{entry.kind}:{entry.number}": entry.status for entry in round.entries}


# Opening


def test_a_round_goes_from_its_bet_to_its_settlement_in_two_calls() -> None:
    house = House()
    round = house.play()
    states = [version.state for version in house.rounds.versions(ROUND)]
    assert [State.OPENED, State.ESCROWED, State.DRAWN, State.SETTLED] == states
    assert {"none escrow": 1, "none result": 1} == dict(house.network.hits)
    assert round.win == round.entries[-1].amount
    assert [] == differences(round, house.catalogue)


@pytest.mark.parametrize(
    ("bet", "complaint"),
    [
        (Bet(round="not a uuid", wager=Wager("base"), stake=10), "lower-case UUID"),
        (Bet(round=ROUND.upper().replace("0", "A"), wager=Wager("base"), stake=10), "lower-case UUID"),
        (Bet(round=ROUND, wager=Wager("base"), stake=11), "not among the stakes"),
        (Bet(round=ROUND, wager=Wager("base"), stake=10**9), "not among the stakes"),
        (Bet(round=ROUND, wager=Wager("turbo"), stake=10), "has the modes base"),
        (Bet(round=ROUND, wager=Wager("base", [1, 2]), stake=10), "takes no selection"),
    ],
)
def test_a_bet_that_can_never_be_right_leaves_no_trace(bet: Bet, complaint: str) -> None:
    house = House()
    with pytest.raises(BadRequest, match=complaint):
        house.hosted.play(house.player(), bet)
    assert house.rounds.load(ROUND) is None
    assert not house.network.hits


def test_a_selection_that_the_game_does_not_take_leaves_no_trace() -> None:
    house = House()
    house.catalogue = Catalogue([Listing(roulette.game, "r")])
    house.restart()
    bet = Bet(round=ROUND, wager=Wager("base", {"number-99": 1}), stake=10)
    with pytest.raises(BadRequest, match="number-99"):
        house.hosted.play(house.player("roulette"), bet)
    assert house.rounds.load(ROUND) is None
    assert not house.network.hits


def test_a_reward_pays_for_the_usual_mode_and_no_other() -> None:
    house = House()
    house.catalogue = Catalogue([Listing(deep_lanterns.game, "d")])
    house.restart()
    bet = Bet(round=ROUND, wager=Wager("buy"), stake=258, reward="free-1")
    with pytest.raises(BadRequest, match="a reward pays for the mode base"):
        house.hosted.play(house.player("deep-lanterns"), bet)
    assert house.rounds.load(ROUND) is None
    assert not house.network.hits


def test_a_round_of_a_game_that_is_not_here_is_not_found() -> None:
    house = House()
    with pytest.raises(NotFound):
        house.hosted.play(house.player("chess"), Bet(round=ROUND, wager=Wager("base"), stake=10))


def test_unhealthy_randomness_stops_a_round_before_money_moves() -> None:
    house = House()
    house.health._fail("it broke")
    with pytest.raises(Unhealthy):
        house.play()
    with pytest.raises(Unhealthy):
        house.escrow()
    assert not house.network.hits


def test_a_player_has_one_open_round_a_game_across_sessions_and_processes() -> None:
    house = in_state(State.DRAWN, hosted=True)
    with pytest.raises(RoundOpen) as refusal:
        house.play(round=OTHER)
    assert ROUND == refusal.value.round
    house.restart()
    with pytest.raises(RoundOpen):
        house.play(round=OTHER)


def test_a_dispute_frees_the_place_and_the_stake_stays_held() -> None:
    house = in_state(State.DISPUTED, hosted=True)
    house.operator.spoilt.clear()
    assert 10 == house.rounds.held("op", "player-0", Currency("FUN", 2))
    assert State.SETTLED is house.play(round=OTHER).state


# The escrow


def test_a_refusal_of_the_only_send_ends_the_round() -> None:
    house = House()
    round = house.play(faults=("refused",))
    assert (State.DECLINED, str(Reason.OTHER)) == (round.state, round.reason)
    assert {"escrow:1": Status.DECLINED} == statuses(round)


def test_a_refusal_after_an_unanswered_send_proves_nothing() -> None:
    house = House(REPEATS)
    round = house.play(faults=(LOST, "refused"))
    assert State.OPENED is round.state
    house.sweep()
    assert State.SETTLED is house.now().state


def test_an_unanswered_escrow_is_cancelled_and_never_sent_again() -> None:
    house = House(CANCELS)
    assert State.CANCELLED is house.play(faults=(LOST,)).state
    assert 1 == house.network.hits[f"{LOST} escrow"]
    assert 0 == house.network.hits["none escrow"]
    assert 1_000_000 == house.operator.free["player-0"]


def test_after_a_crash_an_escrow_in_doubt_is_cancelled_without_being_sent() -> None:
    house = in_state(State.OPENED, hosted=True)
    house.operator.traits = CANCELS
    sent = house.network.hits.total()
    house.restart()
    house.sweep()
    assert State.CANCELLED is house.now().state
    assert sent + 1 == house.network.hits.total()


def test_an_escrow_that_is_repeated_by_another_process_is_taken_over_on_record() -> None:
    house = in_state(State.OPENED, hosted=True)
    house.restart()
    house.sweep()
    versions = house.rounds.versions(ROUND)
    assert [State.OPENED, State.OPENED] == [version.state for version in versions[:2]]
    assert State.SETTLED is versions[-1].state


def test_at_the_deadline_an_escrow_in_doubt_is_cancelled_whatever_the_protocol_wants() -> None:
    house = in_state(State.OPENED, hosted=True)
    house.after_deadline()
    house.sweep()
    assert State.CANCELLED is house.now().state


def test_an_escrow_the_operator_may_have_forgotten_is_not_sent_again() -> None:
    house = House(FORGETS)
    house.play(faults=(LOST, LOST))
    sent = house.network.hits.total()
    house.clock.tick(timedelta(minutes=8, seconds=1))
    house.sweep()
    assert State.CANCELLED is house.now().state
    assert 1 == house.network.hits.total() - sent


# What an adapter may do wrong


class Broken:
    """A backend whose adapter breaks its promises."""

    def __init__(self, traits: Traits, answer: Receipt | Exception) -> None:
        self.traits, self._answer = traits, answer

    def escrow(self, movement: Movement) -> Receipt:
        if isinstance(self._answer, Exception):
            raise self._answer
        return self._answer

    result = cancel = escrow


def with_wallet(house: House, wallet: Any) -> House:
    house.process.wallets["op"] = wallet
    return house


def test_an_adapter_that_breaks_proves_nothing_about_the_money() -> None:
    house = with_wallet(House(), Broken(CANCELS, KeyError("balance")))
    round = house.play()
    assert State.CANCELLING is round.state
    assert "the backend failed: KeyError" in round.reason


def test_an_answer_in_another_currency_is_a_dispute() -> None:
    receipt = Receipt(balance=Money(5, Currency("EUR", 2)))
    house = with_wallet(House(), Broken(CANCELS, receipt))
    assert State.DISPUTED is house.play().state


def test_rounds_of_an_operator_that_is_not_configured_wait_for_it() -> None:
    house = in_state(State.DRAWN, hosted=True)
    wallet = house.process.wallets.pop("op")
    house.sweep()
    assert State.DRAWN is house.now().state
    with_wallet(house, wallet)
    house.sweep()
    assert State.SETTLED is house.now().state


# The draw


class Failing(Coin):
    """A game that breaks in a way of its own."""

    failure: Exception | Turn = RuntimeError("bang")

    def play(self, wager: Wager, rng: Rng) -> Turn:
        if isinstance(self.failure, Exception):
            raise self.failure
        return self.failure


@pytest.mark.parametrize(
    ("failure", "reason"),
    [
        (RuntimeError("bang"), "bang"),
        (Unhealthy("no bytes"), "no bytes"),
        (Turn(-1), "a win of -1"),
        (Turn(True), "a win of True"),
        (Turn(1, ({"type": "x", "odds": 0.5},)), "0.5"),
        (Turn(1, (), {"state": {1: 2}}), "1"),
    ],
)
def test_a_game_that_fails_gives_the_stake_back_with_the_reason(failure: Exception | Turn, reason: str) -> None:
    house = House()
    game = Failing()
    game.failure = failure
    house.catalogue._all["coin", "1", "default"] = game
    round = house.play()
    assert State.CANCELLED is round.state
    assert reason in round.reason
    assert 1_000_000 == house.operator.free["player-0"]


def test_a_game_that_is_gone_gives_the_stake_back() -> None:
    house = House()
    game = house.catalogue._all.pop(("coin", "1", "default"))
    round = house.play()
    assert (State.CANCELLED, "game gone: coin 1 default") == (round.state, round.reason)
    assert game is not None


def test_the_win_is_capped() -> None:
    house = House()
    game = Failing()
    game.failure = Turn(1000)
    house.catalogue._all["coin", "1", "default"] = game
    assert 2 * 10 == house.play().win


@pytest.mark.parametrize("units", [0, 1, 2])
def test_a_win_of_units_is_paid_in_the_worth_of_a_unit(units: int) -> None:
    house = House()
    game = Failing()
    game.failure = Turn(units)
    house.catalogue._all["coin", "1", "default"] = game
    assert 10 * units == house.play().win


def test_the_same_bet_in_another_currency_is_another_bet() -> None:
    house = in_state(State.SETTLED, hosted=True)
    gems = replace(house.player("coin"), currency=Currency("GEM", 0))
    with pytest.raises(IdReused):
        house.hosted.play(gems, Bet(round=ROUND, wager=Wager("base"), stake=10))


def test_a_player_of_an_operator_that_is_not_served_any_more_can_bet_no_more() -> None:
    house = House()
    gone = replace(house.player("coin"), operator="gone")
    with pytest.raises(NotFound, match="there is no operator 'gone'"):
        house.hosted.play(gone, Bet(round=ROUND, wager=Wager("base"), stake=10))


# Choices


def test_a_choice_is_taken_once_however_often_it_is_sent() -> None:
    house = in_state(State.AWAITING, hosted=True)
    session = house.player("ladder")
    first = house.hosted.choose(session, ROUND, 1, "climb")
    assert not first.replay
    again = house.hosted.choose(session, ROUND, 1, "climb")
    assert again.replay
    assert first.round == again.round
    with pytest.raises(IdReused):
        house.hosted.choose(session, ROUND, 1, "stop")


def test_a_choice_that_is_not_offered_is_refused() -> None:
    house = in_state(State.AWAITING, hosted=True)
    with pytest.raises(BadRequest, match="stop, climb, raise"):
        house.hosted.choose(house.player("ladder"), ROUND, 1, "jump")


def test_a_choice_that_costs_is_paid_before_it_is_played() -> None:
    house = in_state(State.AWAITING, hosted=True)
    round = house.hosted.choose(house.player("ladder"), ROUND, 1, "raise").round
    assert 2 == len(round.turns)
    assert {"escrow:1": Status.CONFIRMED, "escrow:2": Status.CONFIRMED} == statuses(round)
    assert 20 == round.held


def test_a_choice_that_is_refused_is_open_again() -> None:
    house = in_state(State.AWAITING, hosted=True)
    session = house.player("ladder")
    house.script = ["refused"]
    with pytest.raises(Declined):
        house.hosted.choose(session, ROUND, 1, "raise")
    assert State.AWAITING is house.now().state
    assert 1 == len(house.now().turns)
    assert State.SETTLED is house.hosted.choose(session, ROUND, 1, "stop").round.state


def test_a_choice_whose_escrow_is_not_answered_is_given_back_and_open_again() -> None:
    house = in_state(State.AWAITING, hosted=True)
    house.script = [LOST]
    with pytest.raises(Declined, match="given back"):
        house.hosted.choose(house.player("ladder"), ROUND, 1, "raise")
    assert Status.RETURNED is statuses(house.now())["escrow:2"]
    assert 999_990 == house.operator.free["player-0"]


def test_while_a_choice_is_being_paid_no_other_can_be_taken() -> None:
    house = in_state(State.RAISING, hosted=True)
    session = house.player("ladder")
    with pytest.raises(IdReused):
        house.hosted.choose(session, ROUND, 1, "stop")
    assert house.hosted.choose(session, ROUND, 1, "raise").replay
    assert 2 == len(house.now().turns)


def test_a_game_that_is_away_leaves_the_choice_open() -> None:
    house = in_state(State.AWAITING, hosted=True)
    game = house.catalogue._all.pop(("ladder", "1", "default"))
    with pytest.raises(GameUnavailable):
        house.hosted.choose(house.player("ladder"), ROUND, 1, "stop")
    house.catalogue._all["ladder", "1", "default"] = game
    assert State.SETTLED is house.hosted.choose(house.player("ladder"), ROUND, 1, "stop").round.state


def test_a_paid_choice_waits_for_its_game_and_becomes_disputed_at_the_deadline() -> None:
    house = in_state(State.AWAITING, hosted=True)
    game = house.catalogue._all.pop(("ladder", "1", "default"))
    round = house.hosted.choose(house.player("ladder"), ROUND, 1, "raise").round
    assert State.RAISING is round.state
    house.sweep()
    assert State.RAISING is house.now().state
    house.catalogue._all["ladder", "1", "default"] = game
    house.sweep()
    assert 2 == len(house.now().turns)


def test_a_paid_choice_whose_game_never_comes_back_is_disputed() -> None:
    house = in_state(State.AWAITING, hosted=True)
    del house.catalogue._all["ladder", "1", "default"]
    house.hosted.choose(house.player("ladder"), ROUND, 1, "raise")
    house.after_deadline()
    house.sweep()
    assert State.DISPUTED is house.now().state


def test_a_player_who_does_not_come_back_gets_the_published_choice() -> None:
    house = in_state(State.AWAITING, hosted=True)
    house.after_deadline()
    house.sweep()
    round = house.now()
    assert State.SETTLED is round.state
    assert (True, "stop") == (round.turns[-1].automatic, round.turns[-1].asked)
    with pytest.raises(IdReused):
        house.hosted.choose(house.player("ladder"), ROUND, 1, "stop")


def test_at_the_deadline_a_choice_waits_for_a_process_in_which_numbers_may_be_drawn(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    house = in_state(State.AWAITING, hosted=True)

    def red() -> Tape:
        raise Unhealthy("stuck")

    monkeypatch.setattr(house.process.lifecycle, "_tape", red)
    house.after_deadline()
    before = house.now()
    house.sweep()
    assert before == house.now()
    house.restart()
    house.sweep()
    assert State.SETTLED is house.now().state


@pytest.mark.parametrize("choice", ["raise", "nonsense", RuntimeError("bang")])
def test_a_game_that_publishes_no_free_choice_is_disputed_at_the_deadline(choice: str | Exception) -> None:
    house = in_state(State.AWAITING, hosted=True)

    def auto(state: Json) -> str:
        if isinstance(choice, Exception):
            raise choice
        return choice

    house.catalogue._all["ladder", "1", "default"].auto = auto
    house.after_deadline()
    house.sweep()
    assert State.DISPUTED is house.now().state


def test_a_game_without_choices_has_none_to_take() -> None:
    house = in_state(State.AWAITING, hosted=True)
    house.catalogue._all["ladder", "1", "default"] = Coin()
    with pytest.raises(GameUnavailable):
        house.hosted.choose(house.player("ladder"), ROUND, 1, "stop")
    house.after_deadline()
    house.sweep()
    assert "game failed: IllegalChoice('coin offers no choices')" == house.now().reason


# The result


def test_a_result_is_repeated_until_it_is_answered() -> None:
    house = in_state(State.DRAWN, hosted=True)
    shown = house.now().turns
    house.sweep()
    assert State.SETTLED is house.now().state
    assert shown == house.now().turns


def test_a_result_the_operator_may_have_forgotten_is_asked_for_first() -> None:
    house = House(FORGETS)
    house.play(faults=("none", LOST, LOST))
    house.clock.tick(timedelta(minutes=10))
    house.sweep()
    assert State.SETTLED is house.now().state
    assert 0 == house.network.hits["none result"]


def test_a_result_the_operator_has_not_booked_is_sent_again() -> None:
    house = House(FORGETS)
    house.play()
    house.play(faults=("none", "refused", "refused"), round=OTHER)
    house.clock.tick(timedelta(minutes=10))
    house.sweep()
    found = house.rounds.load(OTHER)
    assert State.SETTLED is found.state
    assert "the operator has not booked the result" in [v.reason for v in house.rounds.versions(OTHER)]


def test_a_query_that_is_not_answered_changes_nothing() -> None:
    house = House(FORGETS)
    house.play(faults=("none", LOST, LOST))
    house.clock.tick(timedelta(minutes=10))
    house.network.rate = 1.0
    house.sweep()
    assert State.DRAWN is house.now().state


def test_a_result_that_can_be_neither_repeated_nor_asked_for_is_disputed() -> None:
    house = House(FORGETS_AND_IS_MUTE)
    house.play(faults=("none", LOST, LOST))
    house.clock.tick(timedelta(minutes=10))
    house.sweep()
    assert State.DISPUTED is house.now().state
    assert "the result was never confirmed, and can no longer be repeated" == house.now().reason
    assert 10 == house.now().held


def test_a_contradicted_result_is_disputed() -> None:
    house = House()
    house.play(faults=("none", "contradicted"))
    assert State.DISPUTED is house.now().state
    assert house.now().reason.startswith(f"the operator contradicts the record on {ROUND}:result:1: ")


# The cancel


def test_not_found_is_not_never_without_tombstones() -> None:
    house = House(NO_TOMBS)
    house.operator.says_whether = True
    round = house.play(faults=("late",))
    assert State.CANCELLING is round.state
    assert Status.UNFOUND is statuses(round)["cancel:1"]
    house.sweep()
    assert State.CANCELLED is house.now().state
    assert {"escrow not answered: time-out"} == {version.reason for version in house.rounds.versions(ROUND)[1:]}
    assert 1_000_000 == house.operator.free["player-0"]


@pytest.mark.parametrize(("early", "state"), [(1, State.CANCELLING), (0, State.CANCELLED)])
def test_a_cancel_that_was_not_found_is_repeated_once_nothing_can_be_in_flight_any_more(
    early: int, state: State
) -> None:
    house = House(NO_TOMBS)
    house.operator.says_whether = True
    house.play(faults=("late",))
    house.clock.tick(NO_TOMBS.in_flight - timedelta(seconds=early))
    list(house.process.recovery.sweep())
    assert state is house.now().state


def test_a_cancel_that_nobody_answers_is_repeated() -> None:
    house = in_state(State.CANCELLING, hosted=True)
    house.sweep()
    assert State.CANCELLED is house.now().state


def test_a_contradicted_cancel_is_disputed() -> None:
    house = House()
    house.play(faults=(LOST, "contradicted"))
    assert State.DISPUTED is house.now().state


def test_an_operator_that_does_not_know_the_escrow_it_confirmed_is_disputed() -> None:
    house = in_state(State.ESCROWED, hosted=False)
    with_wallet(house, Broken(CANCELS, Receipt(applied=False)))
    assert State.DISPUTED is house.process.external.cancel(KEY, ROUND, "no more").round.state


def test_a_bare_ok_to_the_cancel_of_a_confirmed_escrow_is_enough() -> None:
    house = in_state(State.ESCROWED, hosted=False)
    with_wallet(house, Broken(NO_TOMBS, Receipt(applied=None)))
    assert State.CANCELLED is house.process.external.cancel(KEY, ROUND, "no more").round.state


# External rounds


def test_a_key_drives_only_what_it_opened() -> None:
    house = in_state(State.ESCROWED, hosted=False)
    stranger = Key(name="stranger", operators=None, games=None, largest_win=1)
    external = house.process.external
    for act in (
        lambda: external.find(stranger, ROUND),
        lambda: external.escrow(stranger, house.player("theirs"), ROUND, 20, None),
        lambda: external.draw(stranger, ROUND, 1, DRAW),
        lambda: external.result(stranger, ROUND, 0, None),
        lambda: external.cancel(stranger, ROUND, "no"),
    ):
        with pytest.raises(NotFound):
            act()


def test_whether_a_game_servers_round_is_forced_is_asked_with_its_key() -> None:
    house, asked = House(), list[str | None]()
    external = house.process.external
    object.__setattr__(external._house, "forced", lambda opened_by: not asked.append(opened_by))
    external.escrow(KEY, house.player("theirs"), ROUND, 20, None)
    external.draw(KEY, ROUND, 1, DRAW)
    assert {True} == {version.terms.forced for version in house.rounds.versions(ROUND)}
    assert [KEY.name] == asked


def test_a_key_covers_operators_and_games() -> None:
    key = Key(name="k", operators=frozenset({"a"}), games=frozenset({"g"}), largest_win=1)
    key.check("a", "g")
    for operator, game in (("b", "g"), ("a", "h")):
        with pytest.raises(Forbidden):
            key.check(operator, game)


@pytest.mark.parametrize("stake", [0, -1, 2**53])
def test_a_stake_is_money(stake: int) -> None:
    house = in_state(State.AWAITING, hosted=False)
    with pytest.raises(BadRequest):
        house.process.external.further_escrow(KEY, ROUND, 2, stake)
    with pytest.raises(BadRequest):
        house.process.external.escrow(KEY, house.player("theirs"), OTHER, stake, None)


@pytest.mark.parametrize("win", [-1, 10_001])
def test_a_key_reports_wins_up_to_its_largest(win: int) -> None:
    house = in_state(State.ESCROWED, hosted=False)
    with pytest.raises(Forbidden):
        house.process.external.result(KEY, ROUND, win, None)
    assert State.ESCROWED is house.now().state


def test_the_same_draw_number_gives_the_same_values() -> None:
    house = in_state(State.ESCROWED, hosted=False)
    external = house.process.external
    first, replay = external.draw(KEY, ROUND, 1, DRAW)
    assert not replay
    assert (first, True) == external.draw(KEY, ROUND, 1, DRAW)
    with pytest.raises(IdReused):
        external.draw(KEY, ROUND, 1, {"range": {"min": 0, "max": 7, "count": 2}})
    with pytest.raises(IdReused):
        external.draw(KEY, ROUND, 1, {"range": {"min": False, "max": 6, "count": 2}})


def test_a_round_has_room_for_so_many_draws_and_is_reported_all_the_same() -> None:
    house = in_state(State.ESCROWED, hosted=False)
    many = {"range": {"min": 0, "max": 6, "count": 10_000}}
    number = 0
    while len(house.now().record) < MAX_RECORD - 1000:
        number += 1
        house.process.external.draw(KEY, ROUND, number, many)
    before = house.now()
    with pytest.raises(RoundFull, match="room for 1048576 bytes"):
        house.process.external.draw(KEY, ROUND, number + 1, many)
    assert before == house.now()
    assert house.process.external.draw(KEY, ROUND, number, many)[1], "what was drawn is told again"
    assert [] == differences(house.now(), house.catalogue)
    assert State.SETTLED is house.process.external.result(KEY, ROUND, 0, None).round.state


def test_a_round_has_room_for_so_many_requests_whatever_they_draw(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.external.MAX_DRAWS", 2)
    house = in_state(State.ESCROWED, hosted=False)
    for number in (1, 2):
        house.process.external.draw(KEY, ROUND, number, {"shuffle": {"items": ["x"]}})
    with pytest.raises(RoundFull, match="room for 2 draws"):
        house.process.external.draw(KEY, ROUND, 3, {"shuffle": {"items": ["x"]}})


def test_a_further_escrow_is_one_however_often_it_is_sent() -> None:
    house = in_state(State.AWAITING, hosted=False)
    external = house.process.external
    assert not external.further_escrow(KEY, ROUND, 2, 15).replay
    assert external.further_escrow(KEY, ROUND, 2, 15).replay
    with pytest.raises(IdReused):
        external.further_escrow(KEY, ROUND, 2, 16)
    assert 35 == house.now().held


@pytest.mark.parametrize("faults", [("refused",), (LOST,)])
def test_a_further_escrow_that_is_refused_or_lost_is_refused_on_repeats_too(faults: tuple[str, ...]) -> None:
    house = in_state(State.AWAITING, hosted=False)
    house.script = [*faults]
    for _ in range(2):
        with pytest.raises(Declined):
            house.process.external.further_escrow(KEY, ROUND, 2, 15)
    assert 20 == house.now().held


def test_an_external_round_that_nobody_finishes_goes_back_if_nothing_was_drawn() -> None:
    house = in_state(State.ESCROWED, hosted=False)
    house.after_deadline()
    house.sweep()
    assert (State.CANCELLED, "deadline") == (house.now().state, house.now().reason)


def test_an_external_round_that_was_drawn_and_not_finished_is_disputed() -> None:
    house = in_state(State.AWAITING, hosted=False)
    house.after_deadline()
    house.sweep()
    assert (State.DISPUTED, "deadline: drawn, and never reported") == (house.now().state, house.now().reason)


@pytest.mark.parametrize(("early", "state"), [(1, State.ESCROWED), (0, State.CANCELLED)])
def test_the_deadline_itself_is_past_it(early: int, state: State) -> None:
    house = in_state(State.ESCROWED, hosted=False)
    house.clock.tick(house.now().terms.deadline - house.clock.now() - timedelta(seconds=early))
    list(house.process.recovery.sweep())
    assert state is house.now().state


# The record


def test_a_round_of_a_free_reward_holds_nothing_of_the_player() -> None:
    house = House()
    house.script = ["none", LOST, LOST]
    bet = Bet(round=ROUND, wager=Wager("base"), stake=10, reward="gift")
    round = house.hosted.play(house.player(), bet).round
    assert State.DRAWN is round.state
    assert (0, 10) == (round.held, round.staked)
    assert 1_000_000 == house.operator.free["player-0"]


def test_a_forced_round_is_marked_for_ever() -> None:
    house = House()
    asked: list[str | None] = []
    object.__setattr__(house.hosted._house, "forced", lambda opened_by: not asked.append(opened_by))
    house.play()
    assert all(version.terms.forced for version in house.rounds.versions(ROUND))
    assert [None] == asked


def sends(round: Round) -> dict[str, int]:
    return {f"{entry.kind}:{entry.number}": entry.sends for entry in round.entries}


def test_how_often_a_movement_was_sent_stands_on_record() -> None:
    house = House(REPEATS)
    assert State.OPENED is house.play(faults=(LOST, LOST, "none", LOST)).state
    house.sweep()
    assert {"escrow:1": 3, "result:1": 2} == sends(house.now())


def test_so_does_how_often_an_escrow_was_sent_that_was_given_back() -> None:
    house = House()
    assert State.CANCELLED is house.play(faults=(LOST, LOST, "none")).state
    assert {"escrow:1": 1, "cancel:1": 2} == sends(house.now())


def test_and_of_one_that_was_refused() -> None:
    house = House()
    assert State.DECLINED is house.play(faults=("refused",)).state
    assert {"escrow:1": 1} == sends(house.now())


# What is told of an arrow, beside where it leads.


RESTS = {State.SETTLED, State.DECLINED, State.CANCELLED, State.DISPUTED, State.AWAITING}


@pytest.mark.parametrize("hosted", [True, False])
@pytest.mark.parametrize("state", State)
def test_a_round_rests_when_nobody_but_a_person_can_move_it(state: State, hosted: bool) -> None:
    if hosted and state is State.ESCROWED:
        return  # is drawn in the same addition
    house = in_state(state, hosted=hosted)
    rests = house.process.lifecycle.rests
    assert (state in RESTS or state is State.ESCROWED) == rests(house.now())
    house.after_deadline()
    assert (house.now().final or state is State.DISPUTED) == rests(house.now())


def test_who_repeats_the_escrow_of_another_process_says_so() -> None:
    house = in_state(State.OPENED, hosted=True)
    house.restart()
    house.script = [LOST]
    house.process.lifecycle.advance(house.now(), "recovery")
    assert "the escrow is repeated by another process" == house.now().reason


def test_a_refusal_is_recorded_in_the_operators_words_and_ours() -> None:
    house = House()
    refused = Declined(Reason.INSUFFICIENT_FUNDS, "not enough", code="E-17")
    round = with_wallet(house, Broken(CANCELS, refused)).play()
    assert ("insufficient_funds", "E-17", 1) == (round.reason, round.entries[0].code, round.entries[0].sends)


def test_a_choice_that_was_refused_is_untaken() -> None:
    house = in_state(State.AWAITING, hosted=True)
    house.script = ["refused"]
    with pytest.raises(Declined):
        house.hosted.choose(house.player("ladder"), ROUND, 1, "raise")
    assert (State.AWAITING, None) == (house.now().state, house.now().raising)


def test_a_late_confirmation_stands_in_the_book_before_it_is_given_back() -> None:
    house = House()
    booked = house.network._answer

    def answer(movement: object, fault: str) -> object:
        house.network._answer = booked
        receipt = booked(movement, fault)
        house.process.lifecycle.give_back(house.now(), "staff:ann", "asked to")
        return receipt

    house.network._answer = answer
    house.play()
    late = [version for version in house.rounds.versions(ROUND) if "confirmed late" in str(version.reason)]
    assert {"escrow:1": Status.CONFIRMED, "cancel:1": Status.PENDING} == statuses(late[0])


def test_a_choice_that_was_paid_and_whose_game_never_came_back_is_for_people_to_decide() -> None:
    house = in_state(State.RAISING, hosted=True)
    house.catalogue = Catalogue([])
    house.restart()
    house.sweep()
    assert State.RAISING is house.now().state
    house.after_deadline()
    house.sweep()
    assert (State.DISPUTED, "deadline: the game never came back") == (house.now().state, house.now().reason)
