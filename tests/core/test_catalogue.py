"""What can be played, under which stakes, and a round executed again after the game has changed."""

from dataclasses import replace
from uuid import RFC_4122, UUID

import pytest

from core.catalogue import Catalogue, Listing
from core.errors import BadRequest, NotFound
from core.house import own_round_id
from core.replay import differences
from core.stakes import Stakes
from ports.game import IllegalWager, Wager
from ports.record import Round, State
from ports.rounds import Bet
from tests.core.house import ROUND, House, in_state
from tests.simulation.games import Coin, Ladder
from tests.simulation.world import KEY


class NewCoin(Coin):
    version = "2"


def test_new_rounds_get_the_version_listed_last_and_old_ones_their_own() -> None:
    old, new = Coin(), NewCoin()
    catalogue = Catalogue([Listing(old, "o"), Listing(new, "n"), Listing(Ladder(), "l")])
    assert ["2", "1"] == [listing.game.version for listing in catalogue]
    assert "n" == catalogue.current("coin").maths
    assert (old, new, None) == tuple(catalogue.exact("coin", version, "default") for version in "123")
    assert catalogue.exact("coin", "1", "other") is None
    with pytest.raises(NotFound, match="no game 'dice'"):
        catalogue.current("dice")


def test_two_games_are_never_the_same() -> None:
    with pytest.raises(ValueError, match="two games are coin 1 default"):
        Catalogue([Listing(Coin(), "a"), Listing(Coin(), "b")])


# Stakes.


def test_stakes_are_on_the_ladder_between_the_limits() -> None:
    stakes = Stakes(min=10, max=250, default=40)
    assert [10, 20, 50, 100, 200] == stakes.ladder(1)
    assert [15, 30, 60, 150] == stakes.ladder(3)[:4]
    assert [250] == stakes.ladder(250)
    assert [] == stakes.ladder(251)


def test_the_usual_stake_is_the_nearest_to_the_default() -> None:
    stakes = Stakes(min=10, max=250, default=40)
    assert (50, 30, None) == (stakes.usual(1), stakes.usual(3), stakes.usual(251))


def test_a_stake_off_the_ladder_is_told_what_there_is() -> None:
    stakes = Stakes(min=10, max=60, default=20)
    stakes.check(50, 1)
    with pytest.raises(BadRequest, match="stake 15 is not among the stakes for this wager: 10, 20, 50"):
        stakes.check(15, 1)
    with pytest.raises(BadRequest, match="costs more units than the limits allow"):
        stakes.check(61, 61)


@pytest.mark.parametrize("limits", [(0, 10, 5), (10, 5, 7), (1, 5, 7), (4, 5, 3), (1, 2**53, 1)])
def test_limits_that_make_no_sense_are_refused(limits: tuple[int, int, int]) -> None:
    low, high, usual = limits
    with pytest.raises(ValueError, match="stakes must be"):
        Stakes(min=low, max=high, default=usual)
    assert [1] == Stakes(min=1, max=1, default=1).ladder(1)


# Rounds executed again.


def replayed(round: Round, *games: Coin | Ladder) -> list[str]:
    return differences(round, Catalogue([Listing(game, "x") for game in games]))


class Tails(Coin):
    def play(self, wager: Wager, rng: object) -> object:
        turn = super().play(wager, rng)
        return turn._replace(win=2 - turn.win)


class Greedy(Coin):
    def play(self, wager: Wager, rng: object) -> object:
        rng.below(2, "side")
        return super().play(wager, rng)


class Idle(Coin):
    def play(self, wager: Wager, rng: object) -> object:
        return super().play(wager, _Fixed())._replace(events=())


class _Fixed:
    def below(self, bound: int, purpose: str) -> int:
        return 0


def test_a_game_that_is_gone_or_has_changed_is_told_in_words() -> None:
    round = in_state(State.SETTLED, hosted=True).now()
    assert [] == replayed(round, Coin())
    assert ["turn 1 cannot be played again: coin 1 default is not installed"] == replayed(round, NewCoin())
    assert ["turn 1: win differs"] == replayed(round, Tails())
    assert ["turn 1 cannot be played again"] == [told.split(":")[0] for told in replayed(round, Greedy())]
    assert ["turn 1 cannot be played again: 1 draws of the tape were not asked for"] == replayed(round, Idle())


def test_a_win_that_does_not_follow_from_the_last_turn_is_told() -> None:
    round = in_state(State.SETTLED, hosted=True).now()
    wrong = replace(round, win=round.win + 1)
    assert [f"the win is {round.win + 1} on record, and {round.win} by its last turn"] == replayed(wrong, Coin())


def test_a_round_that_was_never_drawn_is_the_same_as_ever() -> None:
    assert [] == replayed(in_state(State.DECLINED, hosted=True).now())


def test_every_choice_is_played_again() -> None:
    house = House()
    house.play("ladder")
    house.hosted.choose(house.player("ladder"), ROUND, 1, "climb")
    house.hosted.choose(house.player("ladder"), ROUND, 2, "stop")
    assert State.SETTLED is house.now().state
    assert [] == replayed(house.now(), Ladder())


def test_draws_of_an_external_round_are_made_again_and_its_outcome_is_taken_as_reported() -> None:
    house = in_state(State.AWAITING, hosted=False)
    house.process.external.result(KEY, ROUND, 30, {"shown": 30})
    assert [] == replayed(house.now())
    first, *rest = house.now().turns
    other = replace(first, turn=first.turn._replace(events=({"type": "draw", "values": [9, 9]},)))
    assert ["turn 1: events differs"] == replayed(replace(house.now(), turns=(other, *rest)))


# Small change.


def test_a_wager_that_the_game_calls_illegal_leaves_no_trace() -> None:
    class Picky(Coin):
        selection = {"type": "integer"}

        def cost(self, wager: Wager) -> int:
            raise IllegalWager("not on a Sunday")

    house = House()
    house.catalogue = Catalogue([Listing(Picky(), "p")])
    house.restart()
    with pytest.raises(BadRequest, match="not on a Sunday"):
        house.hosted.play(house.player(), Bet(round=ROUND, wager=Wager("base", 5), stake=10))
    assert house.rounds.load(ROUND) is None


def test_round_ids_of_our_own_are_uuids_of_version_4() -> None:
    ids = {own_round_id(Bytes(value)) for value in range(256)}
    assert 256 == len(ids)
    assert {(4, RFC_4122)} == {(UUID(id).version, UUID(id).variant) for id in ids}
    assert ids == {str(UUID(id)) for id in ids}


class Bytes:
    def __init__(self, value: int) -> None:
        self._value = value

    def read(self, count: int) -> bytes:
        return bytes([self._value]) * count


def _variant(name: str) -> Listing:
    game = Coin()
    game.variant = name
    return Listing(game, name)


def test_an_operator_gets_the_variant_that_is_chosen_for_it_and_others_the_usual_one() -> None:
    catalogue = Catalogue([_variant("96"), _variant("92")], {"strict": {"coin": "92"}})
    assert ("96", "92") == (catalogue.current("coin").maths, catalogue.current("coin", "strict").maths)
    assert "96" == catalogue.current("coin", "another").maths
    assert (["96"], ["96", "92"]) == (
        [listing.maths for listing in catalogue],
        [listing.maths for listing in catalogue.every()],
    )


@pytest.mark.parametrize(
    ("chosen", "complaint"),
    [
        ({"coin": "94"}, "operators: strict: variants: there is no variant '94' of coin; there are: 96, 92"),
        ({"chess": "96"}, "no variant '96' of chess; there is no such game"),
    ],
)
def test_a_variant_that_there_is_not_is_refused_by_name(chosen: dict[str, str], complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        Catalogue([_variant("96"), _variant("92")], {"strict": chosen})
