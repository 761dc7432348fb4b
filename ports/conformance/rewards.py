"""What every `ports.rewards.RewardStore` promises, as tests to inherit."""

from abc import ABC, abstractmethod
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from ports.conformance.makers import at_once, reward
from ports.money import Currency
from ports.rewards import Kept, RewardConflict, RewardStore


class RewardStoreConformance(ABC):
    """Tests to inherit."""

    @abstractmethod
    def create(self, place: Path) -> RewardStore:
        """A new, empty store; `place` is a directory for its files."""

    @abstractmethod
    def again(self, store: RewardStore, place: Path) -> RewardStore:
        """The same store as the next process finds it."""

    def discard(self, store: RewardStore) -> None:  # noqa: B027 most stores have nothing to do here
        """Let go of a store at the end of a test."""

    @pytest.fixture
    def store(self, tmp_path: Path) -> object:
        """An empty store."""
        store = self.create(tmp_path)
        yield store
        self.discard(store)

    def test_an_empty_store_knows_nothing(self, store: RewardStore) -> None:
        assert store.find("casino", "ann", "r-1") is None
        assert ([], [], []) == (
            list(store.of("casino", "ann")),
            list(store.named("casino", "r-1")),
            list(store.untold("casino")),
        )
        store.withdraw("casino", "ann", "r-1")
        store.tell("casino", "ann", "r-1")
        assert store.find("casino", "ann", "r-1") is None

    def test_a_reward_comes_back_as_it_was(self, store: RewardStore) -> None:
        one, other = reward(), reward("ä🍒", currency=Currency("mBTC", 5), stakes={"b": 2**53 - 1, "a": 1})
        store.add(one)
        store.add(other)
        assert Kept(one, False, False) == store.find("casino", "ann", "r-1")
        assert Kept(other, False, False) == store.find("casino", "ann", "ä🍒")

    def test_the_same_reward_again_changes_nothing(self, store: RewardStore) -> None:
        store.add(reward())
        store.withdraw("casino", "ann", "r-1")
        store.add(replace(reward(), stakes={"plums": 50, "three-fruits": 100}))
        assert [Kept(reward(), True, False)] == list(store.of("casino", "ann"))

    @pytest.mark.parametrize(
        "change",
        [
            {"currency": Currency("EUR", 3)},
            {"currency": Currency("USD", 2)},
            {"stakes": {"three-fruits": 100}},
            {"stakes": {"three-fruits": 100, "plums": 51}},
            {"rounds": 6},
            {"begins": reward().begins - timedelta(seconds=1)},
            {"expires": reward().expires + timedelta(seconds=1)},
        ],
        ids=str,
    )
    def test_another_reward_by_the_same_name_is_refused(self, store: RewardStore, change: dict[str, Any]) -> None:
        store.add(reward())
        with pytest.raises(RewardConflict):
            store.add(reward(**change))
        assert Kept(reward(), False, False) == store.find("casino", "ann", "r-1")

    def test_operators_and_players_have_their_own(self, store: RewardStore) -> None:
        for change in ({}, {"operator": "club"}, {"player": "bob"}):
            store.add(reward(**change))
        store.withdraw("club", "ann", "r-1")
        store.tell("casino", "bob", "r-1")
        assert Kept(reward(), False, False) == store.find("casino", "ann", "r-1")
        assert Kept(reward(operator="club"), True, False) == store.find("club", "ann", "r-1")
        assert Kept(reward(player="bob"), False, True) == store.find("casino", "bob", "r-1")
        assert ["ann", "bob"] == [kept.reward.player for kept in store.named("casino", "r-1")]
        assert ["ann"] == [kept.reward.player for kept in store.untold("casino")]
        assert ["club"] == [kept.reward.operator for kept in store.untold("club")]

    def test_rewards_come_in_the_order_of_their_coming(self, store: RewardStore) -> None:
        for id in ("b", "c", "a"):
            store.add(reward(id))
        store.withdraw("casino", "ann", "c")
        assert ["b", "c", "a"] == [kept.reward.id for kept in store.of("casino", "ann")]

    def test_what_was_done_is_there_after_a_restart(self, store: RewardStore, tmp_path: Path) -> None:
        store.add(reward("a"))
        store.add(reward("b"))
        store.withdraw("casino", "ann", "a")
        store.tell("casino", "ann", "b")
        later = self.again(store, tmp_path)
        assert [Kept(reward("a"), True, False), Kept(reward("b"), False, True)] == list(later.of("casino", "ann"))
        self.discard(later)

    def test_of_many_at_once_one_is_kept(self, store: RewardStore) -> None:
        rivals = [reward(rounds=number) for number in range(1, 9)]
        answers = at_once([partial(store.add, rival) for rival in rivals])
        assert 1 == answers.count(None)
        assert 7 == sum(isinstance(answer, RewardConflict) for answer in answers)
