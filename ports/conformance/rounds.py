"""What every `ports.rounds.RoundStore` promises, as tests to inherit.

class TestMyStore(RoundStoreConformance):
    def create(self, place): return MyStore(place)
    def again(self, store, place): store.close(); return MyStore(place)
"""

from abc import ABC, abstractmethod
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from ports.conformance.makers import EUR, at_once, drawn, opened, round_id, walked
from ports.money import Currency
from ports.record import FINAL, VOID, Kind, Round, State
from ports.rounds import Pending, RewardSpent, RoundConflict, RoundOpen, RoundStore
from ports.wallet import Funding

CROWD = 8
"""Threads that come at once."""
FREES = sorted({*FINAL, State.DISPUTED})
"""States that do not take the player's place in the game."""
TAKES = [state for state in State if state not in FREES]


class RoundStoreConformance(ABC):
    """Tests to inherit."""

    @abstractmethod
    def create(self, place: Path) -> RoundStore:
        """A new, empty store; `place` is a directory for its files."""

    @abstractmethod
    def again(self, store: RoundStore, place: Path) -> RoundStore:
        """The same store as the next process finds it. What is in memory alone stays the store that it is."""

    def discard(self, store: RoundStore) -> None:  # noqa: B027 most stores have nothing to do here
        """Let go of a store at the end of a test."""

    @pytest.fixture
    def store(self, tmp_path: Path) -> object:
        """An empty store."""
        store = self.create(tmp_path)
        yield store
        self.discard(store)

    # What is kept.

    def test_an_empty_store_knows_nothing(self, store: RoundStore) -> None:
        assert store.load(round_id(1)) is None
        assert [] == list(store.versions(round_id(1)))
        assert store.open_round("casino", "ann", "three-fruits") is None
        assert 0 == store.held("casino", "ann", EUR)
        assert [] == list(store.history("casino", "ann", game=None, limit=5, cursor=None).rounds)
        assert ([], []) == (list(store.unfinished()), list(store.disputed()))

    def test_what_is_added_comes_back_to_the_byte(self, store: RoundStore) -> None:
        chain = life(1)
        for version in chain:
            store.add(version)
        assert chain[-1] == store.load(chain[0].id)
        assert [version.record for version in chain] == [version.record for version in store.versions(chain[0].id)]

    def test_versions_may_come_together(self, store: RoundStore) -> None:
        first, second, third, fourth = life(1)
        store.add(first, second)
        store.add(third, fourth)
        assert [first, second, third, fourth] == list(store.versions(first.id))

    def test_the_next_process_finds_everything(self, tmp_path: Path) -> None:
        store = self.create(tmp_path)
        chains = [life(1), life(2)[:2], [opened(3, player="bob"), walked(opened(3, player="bob"), State.DISPUTED)]]
        for chain in chains:
            store.add(*chain)
        store = self.again(store, tmp_path)
        for chain in chains:
            assert [v.record for v in chain] == [v.record for v in store.versions(chain[0].id)]
            assert chain[-1] == store.load(chain[0].id)
        assert chains[1][-1] == store.open_round("casino", "ann", "three-fruits")
        assert ([round_id(2)], [round_id(3)]) == (list(store.unfinished()), list(store.disputed()))
        assert (100, 100) == (store.held("casino", "ann", EUR), store.held("casino", "bob", EUR))
        with pytest.raises(RoundConflict):
            store.add(chains[0][-1])
        self.discard(store)

    # One after the other, all or none.

    @pytest.mark.parametrize("again", [0, 1])
    def test_a_version_that_exists_is_a_conflict(self, store: RoundStore, again: int) -> None:
        chain = life(1)[:2]
        store.add(*chain)
        with pytest.raises(RoundConflict):
            store.add(replace(chain[again], actor="somebody else"))
        assert chain == list(store.versions(chain[0].id))

    def test_a_version_does_not_come_before_the_one_before_it(self, store: RoundStore) -> None:
        first, _, third, fourth = life(1)
        with pytest.raises(RoundConflict):
            store.add(third)
        store.add(first)
        with pytest.raises(RoundConflict):
            store.add(fourth)
        assert [first] == list(store.versions(first.id))

    def test_of_several_versions_all_are_kept_or_none(self, store: RoundStore) -> None:
        first, second, third, _ = life(1)
        store.add(first, second)
        for refused in ([second, third], [first, second, third]):
            with pytest.raises(RoundConflict):
                store.add(*refused)
        assert [first, second] == list(store.versions(first.id))
        assert second == store.load(first.id)

    def test_of_many_who_add_the_same_version_one_wins(self, store: RoundStore) -> None:
        for number in range(1, 6):
            first = opened(number, player=f"player {number}")
            store.add(first)
            rivals = [walked(first, State.ESCROWED, actor=f"walker {n}") for n in range(CROWD)]
            answers = at_once([partial(store.add, rival) for rival in rivals])
            won = [rival for rival, answer in zip(rivals, answers, strict=True) if answer is None]
            assert 1 == len(won)
            assert CROWD - 1 == sum(isinstance(answer, RoundConflict) for answer in answers)
            assert [first, *won] == list(store.versions(first.id))

    def test_many_rounds_at_once_are_all_kept(self, store: RoundStore) -> None:
        chains = [life(number, player=f"player {number}") for number in range(1, 3 * CROWD + 1)]

        def walk(chain: list[Round]) -> None:
            for version in chain:
                store.add(version)
                assert version == store.load(version.id)

        assert [None] * len(chains) == at_once([partial(walk, chain) for chain in chains])
        for chain in chains:
            assert chain == list(store.versions(chain[0].id))

    # The place of a player in a game.

    def test_a_player_has_one_open_round_in_a_game(self, store: RoundStore) -> None:
        store.add(opened(1))
        with pytest.raises(RoundOpen) as other:
            store.add(opened(2))
        assert round_id(1) == other.value.round
        assert store.load(round_id(2)) is None
        assert opened(1) == store.open_round("casino", "ann", "three-fruits")

    def test_other_games_players_and_operators_do_not_matter(self, store: RoundStore) -> None:
        others: list[dict[str, Any]] = [{}, {"game": "sevens"}, {"player": "bob"}, {"operator": "club"}]
        for number, terms in enumerate(others, 1):
            store.add(opened(number, **terms))
        assert [round_id(number) for number in range(1, 5)] == list(store.unfinished())

    @pytest.mark.parametrize("state", TAKES)
    def test_an_unfinished_round_keeps_its_place(self, store: RoundStore, state: State) -> None:
        chain = [opened(1), walked(opened(1), state)]
        store.add(*chain)
        assert chain[-1] == store.open_round("casino", "ann", "three-fruits")
        with pytest.raises(RoundOpen):
            store.add(opened(2))

    @pytest.mark.parametrize("state", FREES)
    def test_a_finished_or_disputed_round_frees_it(self, store: RoundStore, state: State) -> None:
        store.add(opened(1))
        store.add(walked(opened(1), state))
        assert store.open_round("casino", "ann", "three-fruits") is None
        store.add(opened(2))
        assert opened(2) == store.open_round("casino", "ann", "three-fruits")

    @pytest.mark.parametrize("kind", [Kind.GRANT, Kind.CORRECTION])
    def test_grants_and_corrections_take_no_place(self, store: RoundStore, kind: Kind) -> None:
        store.add(opened(1, kind=kind))
        assert store.open_round("casino", "ann", "three-fruits") is None
        store.add(opened(2))
        store.add(opened(3, kind=kind))
        assert opened(2) == store.open_round("casino", "ann", "three-fruits")

    def test_a_disputed_round_that_goes_on_leaves_the_place_to_who_has_it(self, store: RoundStore) -> None:
        disputed = walked(opened(1), State.DISPUTED)
        store.add(opened(1), disputed)
        store.add(opened(2))
        retried = walked(disputed, State.DRAWN)
        store.add(retried)
        assert opened(2) == store.open_round("casino", "ann", "three-fruits")
        store.add(walked(retried, State.SETTLED))
        assert opened(2) == store.open_round("casino", "ann", "three-fruits")
        assert ([round_id(2)], []) == (list(store.unfinished()), list(store.disputed()))

    def test_a_conflict_is_reported_rather_than_an_open_round(self, store: RoundStore) -> None:
        store.add(opened(1), walked(opened(1), State.SETTLED))
        store.add(opened(2))
        with pytest.raises(RoundConflict):
            store.add(opened(1))

    def test_of_many_who_take_the_place_one_gets_it(self, store: RoundStore) -> None:
        rivals = [opened(number) for number in range(1, CROWD + 1)]
        answers = at_once([partial(store.add, rival) for rival in rivals])
        (winner,) = [rival for rival, answer in zip(rivals, answers, strict=True) if answer is None]
        assert {winner.id} == {answer.round for answer in answers if isinstance(answer, RoundOpen)}
        assert CROWD - 1 == sum(isinstance(answer, RoundOpen) for answer in answers)
        assert [winner.id] == list(store.unfinished())

    # Held money.

    def test_held_adds_up_the_rounds_of_a_player_in_a_currency(self, store: RoundStore) -> None:
        coins, cents = Currency("FUN", 0), Currency("FUN", 2)
        store.add(opened(1, stake=100))
        store.add(opened(2, stake=30, game="sevens"))
        store.add(opened(3, stake=7, game="plums", currency=coins))
        store.add(opened(4, stake=5000, player="bob"))
        store.add(opened(5, stake=60_000, operator="club"))
        assert 130 == store.held("casino", "ann", EUR)
        assert (7, 0) == (store.held("casino", "ann", coins), store.held("casino", "ann", cents))

    @pytest.mark.parametrize("state", list(State))
    def test_held_is_what_the_newest_version_says(self, store: RoundStore, state: State) -> None:
        newest = walked(opened(1), state)
        store.add(opened(1))
        assert 100 == store.held("casino", "ann", EUR)
        store.add(newest)
        assert newest.held == store.held("casino", "ann", EUR)
        assert (0 if state in FINAL else 100) == newest.held

    def test_a_free_round_holds_nothing_of_the_player(self, store: RoundStore) -> None:
        store.add(opened(1, funding=Funding.FREE, reward="r-1"))
        assert 0 == store.held("casino", "ann", EUR)

    # Rewards.

    def test_a_reward_pays_so_many_rounds_and_those_that_came_to_nothing_do_not_count(self, store: RoundStore) -> None:
        rounds = [_free(number, reward_rounds=2) for number in range(1, 7)]
        for round, state in zip(rounds, (State.DECLINED, State.CANCELLED, State.SETTLED), strict=False):
            store.add(round, walked(round, state))
        store.add(rounds[3])
        with pytest.raises(RewardSpent):
            store.add(rounds[4])
        assert store.load(rounds[4].id) is None
        store.add(walked(rounds[3], State.CANCELLED))
        store.add(rounds[4])
        with pytest.raises(RewardSpent):
            store.add(rounds[5])
        assert [round.id for round in rounds[:5]] == [r.id for r in store.rewarded("casino", "ann", "r-1")]
        newest = [r.state for r in store.rewarded("casino", "ann", "r-1")]
        assert [State.DECLINED, State.CANCELLED, State.SETTLED, State.CANCELLED, State.OPENED] == newest

    def test_what_a_reward_pays_is_counted_by_operator_player_and_reward(self, store: RoundStore) -> None:
        store.add(_free(1, reward_rounds=1))
        store.add(_free(2, reward_rounds=1, operator="club"))
        store.add(_free(3, reward_rounds=1, player="bob"))
        store.add(_free(4, reward_rounds=1, reward="r-2"))
        store.add(opened(5, game="game 5"))
        with pytest.raises(RewardSpent):
            store.add(_free(6, reward_rounds=1))
        assert [round_id(4)] == [round.id for round in store.rewarded("casino", "ann", "r-2")]
        assert [] == list(store.rewarded("casino", "ann", "r-3"))

    def test_a_reward_without_a_number_pays_any_number_of_rounds(self, store: RoundStore) -> None:
        for number in range(1, 5):
            store.add(opened(number, game=f"game {number}", funding=Funding.FREE, reward="r-1"))
        assert 4 == len(store.rewarded("casino", "ann", "r-1"))

    def test_the_total_of_a_reward_is_none_of_its_rounds(self, store: RoundStore) -> None:
        store.add(_free(1, reward_rounds=1))
        store.add(_free(2, reward_rounds=1, kind=Kind.GRANT, stake=0))
        assert [round_id(1)] == [round.id for round in store.rewarded("casino", "ann", "r-1")]

    @pytest.mark.parametrize("state", sorted(set(State) - VOID))
    def test_a_round_in_any_state_but_a_void_one_counts(self, store: RoundStore, state: State) -> None:
        first = _free(1, reward_rounds=1)
        store.add(first, walked(first, state))
        with pytest.raises(RewardSpent):
            store.add(_free(2, reward_rounds=1))

    def test_an_open_round_is_told_before_a_spent_reward_and_a_conflict_before_both(self, store: RoundStore) -> None:
        store.add(_free(1, reward_rounds=1))
        with pytest.raises(RoundOpen):
            store.add(_free(2, reward_rounds=1, game="game 1"))
        with pytest.raises(RoundConflict):
            store.add(_free(1, reward_rounds=1))

    def test_of_many_last_rounds_of_a_reward_at_once_one_is_played(self, store: RoundStore) -> None:
        rivals = [_free(number, reward_rounds=1) for number in range(1, CROWD + 1)]
        answers = at_once([partial(store.add, rival) for rival in rivals])
        assert 1 == answers.count(None)
        assert CROWD - 1 == sum(isinstance(answer, RewardSpent) for answer in answers)
        assert 1 == len(store.rewarded("casino", "ann", "r-1"))

    def test_a_reward_is_counted_after_a_restart(self, store: RoundStore, tmp_path: Path) -> None:
        store.add(_free(1, reward_rounds=1))
        later = self.again(store, tmp_path)
        with pytest.raises(RewardSpent):
            later.add(_free(2, reward_rounds=1))
        assert [round_id(1)] == [round.id for round in later.rewarded("casino", "ann", "r-1")]
        self.discard(later)

    # Lists.

    def test_unfinished_and_disputed_come_oldest_first(self, store: RoundStore) -> None:
        for number in (5, 3, 4, 1, 2):
            store.add(opened(number, player=f"player {number}"))
        for number in (4, 2):
            store.add(walked(opened(number, player=f"player {number}"), State.DISPUTED))
        store.add(walked(opened(3, player="player 3"), State.SETTLED))
        assert [round_id(1), round_id(5)] == list(store.unfinished())
        assert [round_id(2), round_id(4)] == list(store.disputed())

    def test_age_is_when_a_round_was_accepted_and_not_its_id(self, store: RoundStore) -> None:
        old, new = opened(9, player="a"), opened(1, player="b")
        old, new = (
            replace(one, terms=replace(one.terms, accepted=other.terms.accepted))
            for one, other in ((old, new), (new, old))
        )
        store.add(new)
        store.add(old)
        assert [round_id(9), round_id(1)] == list(store.unfinished())

    def test_a_round_that_is_no_longer_disputed_is_unfinished_in_its_old_place(self, store: RoundStore) -> None:
        disputed = walked(opened(1, player="bob"), State.DISPUTED)
        store.add(opened(1, player="bob"), disputed)
        store.add(opened(2))
        store.add(walked(disputed, State.CANCELLING))
        assert ([round_id(1), round_id(2)], []) == (list(store.unfinished()), list(store.disputed()))

    def test_what_has_not_ended_is_counted_by_state_with_its_oldest(self, store: RoundStore) -> None:
        assert [] == list(store.pending())
        first = {number: opened(number, player=f"player {number}") for number in range(1, 7)}
        for round in reversed(first.values()):
            store.add(round)
        for number, state in ((2, State.DISPUTED), (3, State.DRAWN), (4, State.DRAWN), (5, State.SETTLED)):
            store.add(walked(first[number], state))
        assert [
            Pending(State.OPENED, 2, first[1].terms.accepted),
            Pending(State.DRAWN, 2, first[3].terms.accepted),
            Pending(State.DISPUTED, 1, first[2].terms.accepted),
        ] == list(store.pending())

    def test_history_is_newest_accepted_first_page_by_page(self, store: RoundStore) -> None:
        for number in (2, 4, 1, 5, 3):
            store.add(opened(number), walked(opened(number), State.SETTLED))
        store.add(opened(6, player="bob"))
        store.add(opened(7, operator="club"))
        assert [[5, 4], [3, 2], [1]] == pages(store, limit=2)
        assert [[5, 4, 3, 2, 1]] == pages(store, limit=5)

    def test_history_of_one_game(self, store: RoundStore) -> None:
        for number in range(1, 7):
            game = "sevens" if number % 2 else "plums"
            store.add(opened(number, game=game), walked(opened(number, game=game), State.SETTLED))
        assert [[5, 3], [1]] == pages(store, limit=2, game="sevens")
        assert [[6, 4, 2]] == pages(store, limit=3, game="plums")
        assert [[]] == pages(store, limit=3, game="cherries")

    def test_history_shows_newest_versions(self, store: RoundStore) -> None:
        chain = life(1)
        store.add(*chain)
        assert [chain[-1]] == list(store.history("casino", "ann", game=None, limit=1, cursor=None).rounds)

    def test_rounds_that_come_meanwhile_do_not_move_the_pages(self, store: RoundStore) -> None:
        for number in range(1, 5):
            store.add(opened(number), walked(opened(number), State.SETTLED))
        first = store.history("casino", "ann", game=None, limit=2, cursor=None)
        store.add(opened(9))
        second = store.history("casino", "ann", game=None, limit=2, cursor=first.next)
        assert [round_id(2), round_id(1)] == [round.id for round in second.rounds]

    def test_rounds_of_one_moment_are_all_shown(self, store: RoundStore) -> None:
        moment = opened(1).terms.accepted
        for number in range(1, 6):
            first = opened(number, accepted=moment)
            store.add(first, walked(first, State.SETTLED))
        assert [[5, 4], [3, 2], [1]] == pages(store, limit=2)

    @pytest.mark.parametrize("cursor", ["", "x", "1", "'; --", "\x00", "2026-03-01T12:00:01.000000Z", "~"])
    def test_a_cursor_that_it_never_gave_is_refused(self, store: RoundStore, cursor: str) -> None:
        store.add(opened(1))
        with pytest.raises(ValueError, match="cursor"):
            store.history("casino", "ann", game=None, limit=5, cursor=cursor)


def life(number: int, **terms: Any) -> list[Round]:
    """All versions of a round that went well."""
    first = opened(number, **terms)
    second = walked(first, State.ESCROWED)
    third = drawn(second)
    return [first, second, third, walked(third, State.SETTLED)]


def pages(store: RoundStore, *, limit: int, game: str | None = None) -> list[list[int]]:
    """The numbers of the rounds of ann at the casino, a page at a time."""
    told: list[list[int]] = []
    cursor: str | None = None
    numbers = {round_id(number): number for number in range(20)}
    while cursor is not None or not told:
        page = store.history("casino", "ann", game=game, limit=limit, cursor=cursor)
        told.append([numbers[round.id] for round in page.rounds])
        cursor = page.next
    return told


def _free(number: int, *, reward_rounds: int, **terms: Any) -> Round:
    """A round that reward r-1 pays, of a game of its own."""
    given = {"game": f"game {number}", "funding": Funding.FREE, "reward": "r-1"} | terms
    return opened(number, limits={"reward_rounds": reward_rounds}, **given)
