"""What a reward pays for, and what of it is told: over the walk itself, with the network doing what the test says."""

from dataclasses import replace
from datetime import timedelta
from threading import Thread
from uuid import UUID

import pytest

from core.errors import BadRequest, NotFound
from core.house import derived_round_id
from core.rewards import MOST_ROUNDS, USUAL
from ports.game import Wager
from ports.money import Currency
from ports.record import Kind, Round, State
from ports.rewards import RewardConflict, RewardRefused, Standing
from ports.rounds import Bet
from ports.wallet import Declined, FreeRounds, Funding, Reason, Traits
from ports.watch import Nobody
from tests.core.house import CANCELS, LOST, House
from tests.simulation.games import Ladder
from tests.simulation.world import FUN, KEY

BY_ROUND = replace(CANCELS, free_rounds=FreeRounds.BY_ROUND)
IN_TOTAL = replace(CANCELS, free_rounds=FreeRounds.IN_TOTAL)


class Shop(House):
    """A house with an operator that gives rewards."""

    def __init__(self, traits: Traits = BY_ROUND) -> None:
        super().__init__(traits)
        self.bets = 0

    @property
    def desk(self):  # type: ignore[no-untyped-def]
        return self.process.rewards.at("op")

    def give(self, id: str = "gift", **changes: object) -> None:
        given: dict[str, object] = {
            "player": "player-0",
            "id": id,
            "currency": FUN,
            "stakes": {"coin": 10},
            "rounds": 3,
            "begins": None,
            "expires": self.clock.now() + timedelta(days=1),
        }
        self.desk.issue(**(given | changes))

    def free(self, *, faults: tuple[str, ...] = (), stake: int = 10, reward: str = "gift", mode: str = "base") -> Round:
        self.bets += 1
        self.script = [*faults]
        bet = Bet(round=str(UUID(int=self.bets)), wager=Wager(mode), stake=stake, reward=reward)
        return self.hosted.play(self.player("coin"), bet).round

    def refused(self, **bet: object) -> str:
        with pytest.raises(Declined) as refusal:
            self.free(**bet)  # type: ignore[arg-type]
        assert Reason.REWARD_INVALID is refusal.value.reason
        return str(refusal.value)

    @property
    def grants(self) -> list[Round]:
        page = self.rounds.history("op", "player-0", game=None, limit=99, cursor=None)
        return [round for round in page.rounds if round.terms.kind is Kind.GRANT]

    def standing(self, id: str = "gift") -> tuple[Standing, int]:
        status = self.desk.find(id)
        assert status is not None
        return status.standing, status.left


# What it pays for.


def test_a_free_round_has_its_limit_on_record_and_holds_nothing() -> None:
    shop = Shop()
    shop.give()
    round = shop.free(faults=(LOST,))
    assert ({"reward_rounds": 3}, Funding.FREE) == (
        {name: value for name, value in round.terms.limits.items() if name == "reward_rounds"},
        round.terms.funding,
    )
    assert 0 == round.held


def test_a_round_that_came_to_nothing_is_played_again() -> None:
    shop = Shop()
    shop.give(rounds=1)
    assert State.DECLINED is shop.free(faults=("refused",)).state
    assert State.CANCELLED is shop.free(faults=(LOST,)).state
    assert (Standing.ACTIVE, 1) == shop.standing()
    assert State.SETTLED is shop.free().state
    assert (Standing.PLAYED, 0) == shop.standing()
    assert "has paid its 1 rounds" in shop.refused()


def test_the_same_bet_again_takes_no_second_round_of_the_reward() -> None:
    shop = Shop()
    shop.give(rounds=1)
    first = shop.free()
    shop.bets -= 1
    assert first == shop.free()


def test_a_reward_begins_and_ends() -> None:
    shop = Shop()
    now = shop.clock.now()
    shop.give(begins=now + timedelta(hours=1), expires=now + timedelta(hours=2))
    assert [] == shop.process.rewards.playable(shop.player("coin"))
    assert "has not begun" in shop.refused()
    shop.clock.tick(timedelta(hours=1))
    assert State.SETTLED is shop.free().state
    shop.clock.tick(timedelta(hours=1))
    assert "is over" in shop.refused()
    assert (Standing.EXPIRED, 2) == shop.standing()


def test_what_was_withdrawn_is_not_played_and_a_round_that_was_begun_goes_on() -> None:
    shop = Shop()
    shop.give()
    begun = shop.free(faults=("none", LOST, LOST))
    assert State.DRAWN is begun.state
    assert Standing.WITHDRAWN is shop.desk.withdraw("gift").standing
    assert "is over" in shop.refused()
    shop.sweep()
    newest = shop.rounds.load(begun.id)
    assert newest is not None
    assert State.SETTLED is newest.state
    assert shop.desk.withdraw("nothing") is None


def test_the_stake_and_the_mode_are_the_rewards() -> None:
    shop = Shop()
    shop.give()
    with pytest.raises(BadRequest, match="the stake of a round of this reward is 10"):
        shop.free(stake=20)
    with pytest.raises(BadRequest, match="has the modes base"):
        shop.free(mode="buy")
    assert (Standing.ACTIVE, 3) == shop.standing()


@pytest.mark.parametrize(
    "change", [{"stakes": {"theirs": 10}}, {"currency": Currency("GEM", 0)}, {"player": "player-1"}], ids=str
)
def test_a_reward_is_for_one_player_one_currency_and_its_games(change: dict[str, object]) -> None:
    shop = Shop()
    shop.process.rewards._house = replace(shop.process.rewards._house, external=frozenset({"theirs"}))
    shop.give(**change)
    assert shop.refused()
    assert [] == shop.process.rewards.playable(shop.player("coin"))


def test_an_operator_that_decides_by_itself_is_asked_whatever_the_reward_is() -> None:
    shop = Shop(CANCELS)
    round = shop.free(reward="never heard of", stake=50)
    assert (State.SETTLED, "never heard of") == (round.state, round.terms.reward)
    assert {} == {name: value for name, value in round.terms.limits.items() if name == "reward_rounds"}


def test_a_game_server_plays_free_rounds_of_its_games() -> None:
    shop = Shop()
    shop.process.rewards._house = replace(shop.process.rewards._house, external=frozenset({"theirs"}))
    shop.give(stakes={"theirs": 20}, rounds=1)
    external, session = shop.process.external, shop.player("theirs")
    with pytest.raises(BadRequest, match="is 20"):
        external.escrow(KEY, session, str(UUID(int=1)), 10, "gift")
    assert State.ESCROWED is external.escrow(KEY, session, str(UUID(int=2)), 20, "gift").round.state
    external.result(KEY, str(UUID(int=2)), 70, None)
    with pytest.raises(Declined):
        external.escrow(KEY, session, str(UUID(int=3)), 20, "gift")


def test_no_reward_pays_for_further_stakes() -> None:
    shop = Shop(CANCELS)
    with pytest.raises(Declined, match="asks for further stakes"):
        shop.hosted.play(
            shop.player("ladder"), Bet(round=str(UUID(int=1)), wager=Wager("base"), stake=10, reward="gift")
        )
    external, id = shop.process.external, str(UUID(int=2))
    external.escrow(KEY, shop.player("theirs"), id, 20, "gift")
    external.draw(KEY, id, 1, {"range": {"min": 0, "max": 6, "count": 1}})
    with pytest.raises(BadRequest, match="the first escrow of a round only"):
        external.further_escrow(KEY, id, 2, 20)


def test_what_ends_first_is_offered_first() -> None:
    shop = Shop()
    for id, days in (("late", 3), ("soon", 1), ("middle", 2)):
        shop.give(id, expires=shop.clock.now() + timedelta(days=days))
    offered = [status.reward.id for status in shop.process.rewards.playable(shop.player("coin"))]
    assert ["soon", "middle", "late"] == offered


# What can be given.


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"player": ""}, "player has 1 to 255"),
        ({"id": "x" * 201}, "id of a reward has 1 to 200"),
        ({"id": "a\tb"}, "no place for the character"),
        ({"rounds": 0}, "1 to 1000 rounds"),
        ({"rounds": MOST_ROUNDS + 1}, "1 to 1000 rounds"),
        ({"stakes": {}}, "names a game"),
        ({"stakes": {"chess": 10}}, "there is no game 'chess'"),
        ({"stakes": {"ladder": 10}}, "ladder asks for further stakes"),
        ({"stakes": {"coin": 11}}, "a stake of coin is one of 1, 2, 5"),
    ],
    ids=str,
)
def test_what_cannot_be_played_is_not_given(change: dict[str, object], complaint: str) -> None:
    shop = Shop()
    with pytest.raises(RewardRefused, match=complaint):
        shop.give(**change)
    assert shop.desk.find(str(change.get("id", "gift"))) is None


def test_a_name_may_be_one_character() -> None:
    shop = Shop()
    shop.give("x", player="y")
    assert "y" == shop.desk.find("x").reward.player


def test_a_reward_that_would_be_over_before_it_begins_is_not_given() -> None:
    shop = Shop()
    now = shop.clock.now()
    for begins, expires in ((None, now), (now + timedelta(2), now + timedelta(2))):
        with pytest.raises(RewardRefused, match="over before it begins"):
            shop.give(begins=begins, expires=expires)


def test_the_same_again_is_the_same_even_when_it_is_over_and_another_is_refused() -> None:
    shop = Shop()
    expires = shop.clock.now() + timedelta(days=1)
    shop.give(expires=expires)
    shop.clock.tick(timedelta(days=2))
    shop.give(expires=expires)
    with pytest.raises(RewardConflict):
        shop.give(expires=expires, rounds=4)
    assert (Standing.EXPIRED, 3) == shop.standing()


def test_what_was_withdrawn_and_is_given_again_is_told_as_it_stands() -> None:
    shop = Shop()
    expires = shop.clock.now() + timedelta(days=1)
    shop.give(expires=expires)
    shop.desk.withdraw("gift")
    again = shop.desk.issue(
        player="player-0", id="gift", currency=FUN, stakes={"coin": 10}, rounds=3, begins=None, expires=expires
    )
    assert (Standing.WITHDRAWN, 3) == (again.standing, again.left)


def test_all_rewards_of_a_player_are_listed_whatever_has_become_of_them() -> None:
    shop = Shop()
    for id in ("first", "second"):
        shop.give(id)
    shop.give("other", player="player-1")
    shop.desk.withdraw("first")
    listed = [(status.reward.id, status.standing) for status in shop.process.rewards.of("op", "player-0")]
    assert [("first", Standing.WITHDRAWN), ("second", Standing.ACTIVE)] == listed


def test_a_game_of_a_game_server_has_the_stakes_of_one_unit() -> None:
    shop = Shop()
    shop.process.rewards._house = replace(shop.process.rewards._house, external=frozenset({"theirs"}))
    assert [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000] == list(shop.desk.stakes("theirs"))
    assert ["coin", "theirs"] == list(shop.desk.games)


def test_a_reward_without_an_end_is_good_for_a_month() -> None:
    shop = Shop()
    for _ in range(2):
        shop.give(expires=None)
        shop.clock.tick(timedelta(days=1))
    assert shop.clock.now() - timedelta(days=2) + USUAL == shop.desk.find("gift").reward.expires


def test_rewards_of_the_same_name_are_told_apart_by_their_player() -> None:
    shop = Shop()
    shop.give()
    shop.give(player="player-1")
    assert shop.desk.find("gift") is None
    assert shop.desk.find("gift", "player-1").reward.player == "player-1"


@pytest.mark.parametrize("escrows", [1, 2, 3, 4])
def test_the_games_that_can_be_given_are_those_without_further_stakes(
    escrows: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Ladder, "escrows", escrows)
    assert ["coin", "ladder"][: 2 if escrows == 1 else 1] == list(Shop().desk.games)


# Totals.


def test_the_total_is_told_once_when_the_last_round_is_over() -> None:
    shop = Shop(IN_TOTAL)
    shop.give()
    won = sum(shop.free().win for _ in range(2))
    shop.sweep()
    assert [] == shop.grants
    won += shop.free().win
    for _ in range(3):
        shop.sweep()
        shop.restart()
    [grant] = shop.grants
    assert (State.SETTLED, won, "gift", Funding.FREE, 0) == (
        grant.state, grant.win, grant.terms.reward, grant.terms.funding, grant.staked,
    )  # fmt: skip
    assert (0, 0, won, {}) == (grant.terms.stake, grant.terms.cost, grant.terms.cap, grant.terms.limits)


@pytest.mark.parametrize("end", ["withdrawn", "expired"])
def test_the_total_of_a_reward_that_is_over_is_what_was_played(end: str) -> None:
    shop = Shop(IN_TOTAL)
    shop.give()
    won = shop.free().win
    if end == "withdrawn":
        shop.desk.withdraw("gift")
    else:
        shop.clock.tick(timedelta(days=2))
    shop.sweep()
    assert [won] == [grant.win for grant in shop.grants]


def test_a_reward_of_which_nothing_was_played_is_told_no_total() -> None:
    shop = Shop(IN_TOTAL)
    shop.give()
    shop.free(faults=("refused",))
    shop.desk.withdraw("gift")
    shop.sweep()
    assert [] == shop.grants
    assert [] == list(shop.rewards.untold("op"))


def test_the_total_waits_for_rounds_that_are_not_over() -> None:
    shop = Shop(IN_TOTAL)
    shop.give(rounds=1)
    begun = shop.free(faults=("none", "contradicted"))
    assert State.DISPUTED is begun.state
    shop.sweep()
    assert [] == shop.grants


def test_a_total_that_nobody_answers_is_on_record_once_and_told_until_it_is_confirmed() -> None:
    shop = Shop(IN_TOTAL)
    shop.give(rounds=1)
    shop.free()
    shop.script = [LOST, LOST, LOST]
    list(shop.process.recovery.sweep())
    assert [State.DRAWN] == [grant.state for grant in shop.grants]
    shop.restart()
    shop.sweep()
    assert [State.SETTLED] == [grant.state for grant in shop.grants]


@pytest.mark.parametrize("numbers", [[[]], [[], ["1"]], [[], ["1"], ["2"]]])
def test_a_total_whose_ids_a_client_has_taken_for_rounds_of_its_own_is_told_all_the_same(
    numbers: list[list[str]],
) -> None:
    shop = Shop(IN_TOTAL)
    shop.give(rounds=1)
    for number in numbers:
        taken = derived_round_id("op", "player-0", "gift", *number)
        shop.hosted.play(shop.player("coin", "player-1"), Bet(round=taken, wager=Wager("base"), stake=10))
    won = shop.free().win
    for _ in range(2):
        shop.sweep()
        shop.restart()
    [grant] = shop.grants
    free = derived_round_id("op", "player-0", "gift", str(len(numbers)))
    assert (State.SETTLED, won, free) == (grant.state, grant.win, grant.id)


def test_a_total_that_breaks_keeps_no_other_waiting(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    shop = Shop(IN_TOTAL)
    for gift in ("first", "second"):
        shop.give(gift, rounds=1)
        shop.free(reward=gift)
    rewards, recovery = shop.process.rewards, shop.process.recovery
    rewarded = shop.rounds.rewarded

    def broken(operator: str, player: str, reward: str) -> object:
        if reward == "first":
            raise ValueError("a byte was changed")
        return rewarded(operator, player, reward)

    monkeypatch.setattr(shop.rounds, "rewarded", broken)
    monkeypatch.setattr(recovery, "_watch", Nobody())
    assert ["second"] == [total.terms.reward for total in recovery.sweep()]
    assert [] == list(recovery.sweep()), "what broke is postponed"
    assert ["first"] == [kept.reward.id for kept in rewards.untold()]
    monkeypatch.undo()
    assert ["recovery of 'op/player-0/first' broke; it is tried again"] == [told.message for told in caplog.records]
    assert ["first"] == [total.terms.reward for total in recovery.sweep(at_once=True)]
    assert [] == list(recovery.sweep())
    assert not recovery._of_totals._tries, "what is told is forgotten"


def test_a_total_is_not_a_round_of_the_game_server_whose_rounds_it_adds_up() -> None:
    shop = Shop(IN_TOTAL)
    shop.process.rewards._house = replace(shop.process.rewards._house, external=frozenset({"theirs"}))
    shop.give(stakes={"theirs": 10}, rounds=1)
    round = str(UUID(int=77))
    shop.process.external.escrow(KEY, shop.player("theirs"), round, 10, "gift")
    shop.process.external.result(KEY, round, 5, None)
    shop.sweep()
    [grant] = shop.grants
    for ask in (
        lambda: shop.process.external.result(KEY, grant.id, 5, None),
        lambda: shop.process.external.cancel(KEY, grant.id, "no"),
    ):
        with pytest.raises(NotFound):
            ask()


def test_a_total_that_was_put_on_record_before_a_crash_is_not_put_there_again() -> None:
    shop = Shop(IN_TOTAL)
    shop.give(rounds=1)
    shop.free()
    shop.sweep()
    [grant] = shop.grants
    shop.rewards._kept = {key: kept._replace(told=False) for key, kept in shop.rewards._kept.items()}
    shop.restart()
    shop.sweep()
    assert [grant] == shop.grants


@pytest.mark.parametrize("hosted", [True, False])
def test_a_round_that_begins_while_the_reward_ends_is_in_the_total(
    hosted: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The reward is found good; before the round is on record it is withdrawn, and a total is wanted at once."""
    shop = Shop(IN_TOTAL)
    shop.process.rewards._house = replace(shop.process.rewards._house, external=frozenset({"theirs"}))
    shop.give(stakes={"coin": 10, "theirs": 10})
    first = shop.free()
    opening, elsewhere = shop.process.lifecycle.open, list[Thread]()

    def late(round: Round) -> Round:
        if round.terms.kind is Kind.PLAY:
            shop.desk.withdraw("gift")
            elsewhere.append(Thread(target=lambda: list(shop.process.recovery.sweep(at_once=True))))
            elsewhere[0].start()
            elsewhere[0].join(0.3)
        return opening(round)

    monkeypatch.setattr(shop.process.lifecycle, "open", late)
    won = first.win
    if hosted:
        won += shop.free().win
    else:
        id = str(UUID(int=99))
        shop.process.external.escrow(KEY, shop.player("theirs"), id, 10, "gift")
        won += shop.process.external.result(KEY, id, 70, None).round.win
    elsewhere[0].join()
    shop.sweep()
    assert [won] == [grant.win for grant in shop.grants]
    assert "the total of 2 free rounds" in (shop.rounds.versions(shop.grants[0].id)[0].reason or "")


def test_after_its_total_a_reward_pays_nothing_even_if_the_clock_goes_back() -> None:
    shop = Shop(IN_TOTAL)
    shop.give()
    shop.free()
    shop.clock.tick(timedelta(days=2))
    shop.sweep()
    assert 1 == len(shop.grants)
    shop.clock.tick(-timedelta(days=2))
    assert "is over" in shop.refused()


def test_an_operator_that_is_told_each_round_is_told_no_total() -> None:
    shop = Shop(BY_ROUND)
    shop.give(rounds=1)
    shop.free()
    shop.sweep()
    assert [] == shop.grants
