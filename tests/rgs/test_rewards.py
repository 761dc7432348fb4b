"""Free rounds, as each operator gives them in its own protocol: given, played, over, taken back; every book agrees."""

import json
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from ports.record import Kind, State
from rgs.conformance.benches import PathHmac
from rgs.plugins import PluginError
from tests.rgs.test_operators import BENCHES, House

GAME = "three-fruits"
STAKE = 100
TOMORROW = datetime.now(UTC).replace(microsecond=0) + timedelta(days=1)


class Player:
    """One who came by a launch."""

    def __init__(self, house: House, operator: str) -> None:
        self.house, self.operator = house, operator
        _, address = house.launch(operator)
        _, self.session = house.enter(address)
        self._headers = {"Authorization": f"Bearer {self.session['session']}"}

    @property
    def rewards(self) -> list[dict[str, Any]]:
        told: dict[str, Any] = self.house.client.get("/v1/session", headers=self._headers).get_json()
        return list(told["rewards"])

    def play(self, reward: str | None, *, stake: int = STAKE, **more: Any) -> tuple[int, dict[str, Any]]:
        body = {"stake": stake, "reward": reward, **more}
        answer = self.house.client.put(f"/v1/rounds/{uuid4()}", json=body, headers=self._headers)
        return answer.status_code, answer.get_json()


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with ExitStack() as stack:
        yield House(tmp_path, stack)


def give(house: House, operator: str, *, rounds: int = 3, until: datetime = TOMORROW, **more: Any) -> tuple[str, Any]:
    """The operator's call; the reward's id as it is known from then on, and the answer."""
    id = more.pop("id", str(uuid4()))
    stake = more.pop("stake", STAKE)
    end = until.isoformat().replace("+00:00", "Z")
    if operator == "red":
        level = house.container.rewards().stakes("red", GAME).index(stake) + 1 if stake else 999
        issue = {"id": id, "games": [GAME], "level": level, "rounds": rounds, "until": end}
        answer = house.called("red", account="jo", issue=issue | more)
    elif operator == "green":
        issue = {"id": id, "game": GAME, "value": stake * 1000, "rounds": rounds, "until": end}
        answer = house.called("green", account="jo", issue=issue | more)
    else:
        template = {"transaction": f"t {id}", "game": GAME, "eur": stake / 100, "rounds": rounds}
        template |= {"from": f"{TOMORROW - timedelta(days=9):%Y-%m-%d %H:%M:%S}", "until": f"{until:%Y-%m-%d %H:%M:%S}"}
        template |= more
        made = house.called("blue", bonus_key=PathHmac.bonus_key, template=template)
        if made.status_code != 200:
            return id, made
        issue = template | {"template": made.get_json()["templateId"], "players": ["jo"]}
        answer = house.called("blue", bonus_key=PathHmac.bonus_key, issue=issue)
        if answer.status_code == 200:
            id = answer.get_json()["templateId"]
            house.benches["blue"].operator.ctl("profile", rewards=[id])
    return id, answer


def take_back(house: House, operator: str, id: str) -> Any:
    key = {"bonus_key": PathHmac.bonus_key} if operator == "blue" else {}
    return house.called(operator, account="jo", withdraw=id, **key)


def settle(house: House) -> None:
    list(house.container.recovery().sweep(at_once=True))


def books(house: House, operator: str) -> Decimal:
    casino = house.benches[operator].operator
    assert [] == casino.alarms()
    return casino.balance("jo")


@pytest.mark.parametrize("operator", BENCHES)
def test_free_rounds_are_given_played_and_over_and_both_books_agree(house: House, operator: str) -> None:
    id, answer = give(house, operator)
    assert 200 == answer.status_code, answer.data
    player = Player(house, operator)
    assert [(id, 3, STAKE)] == [(r["reward"], r["rounds"], r["stake"]) for r in player.rewards]
    won = 0
    for left in (2, 1, 0):
        status, round = player.play(id)
        assert (201, "settled", id, 0) == (status, round["state"], round["reward"], round["held"])
        won += round["win"]
        assert ([left] if left else []) == [reward["rounds"] for reward in player.rewards]
    status, refusal = player.play(id)
    assert (402, "declined", "reward_invalid") == (status, refusal["code"], refusal["reason"])
    settle(house)
    assert Decimal(10_000 + won) / 100 == books(house, operator)
    status, round = player.play(None)
    assert Decimal(10_000 + won - STAKE + round["win"]) / 100 == books(house, operator)


def test_an_operator_that_wants_totals_is_told_nothing_before_and_the_total_once(house: House) -> None:
    id, _ = give(house, "red")
    player, casino = Player(house, "red"), house.benches["red"].operator
    rounds = [player.play(id)[1] for _ in range(2)]
    settle(house)
    assert [] == [each for each in casino.exchanges() if each["verb"] != "balance"]
    rounds.append(player.play(id)[1])
    for _ in range(3):
        settle(house)
    assert ["grant"] == [each["verb"] for each in casino.exchanges() if each["verb"] != "balance"]
    total = sum(round["win"] for round in rounds)
    store = house.container.rounds()
    [grant] = [round for round in store.history("red", "jo", game=None, limit=9, cursor=None).rounds if not round.turns]
    assert (Kind.GRANT, State.SETTLED, total, id) == (grant.terms.kind, grant.state, grant.win, grant.terms.reward)
    assert "the total of 3 free rounds" in (store.versions(grant.id)[0].reason or "")


def test_a_total_that_is_not_answered_is_told_again_until_it_is(house: House) -> None:
    id, _ = give(house, "red", rounds=1)
    _, round = Player(house, "red").play(id)
    casino = house.benches["red"].operator
    casino.fault("drop_after", "grant")
    settle(house)
    settle(house)
    assert 2 == len(casino.exchanges("grant"))
    assert Decimal(10_000 + round["win"]) / 100 == books(house, "red")


@pytest.mark.parametrize("operator", BENCHES)
def test_what_is_taken_back_is_not_played_and_what_was_played_is_paid(house: House, operator: str) -> None:
    id, _ = give(house, operator)
    player = Player(house, operator)
    _, round = player.play(id)
    for _ in range(2):
        assert 200 == take_back(house, operator, id).status_code
    assert [] == player.rewards
    assert (402, "reward_invalid") == (player.play(id)[0], player.play(id)[1]["reason"])
    settle(house)
    assert Decimal(10_000 + round["win"]) / 100 == books(house, operator)
    assert take_back(house, operator, "nothing").status_code == 400


@pytest.mark.parametrize("operator", ["red", "green"])
@pytest.mark.parametrize("id", ["x" * 201, "free\u0301", "a\tb", "\u202eabc"])
def test_a_reward_that_no_client_could_name_is_refused_when_it_is_given(house: House, operator: str, id: str) -> None:
    _, answer = give(house, operator, id=id)
    assert 400 == answer.status_code
    assert [] == Player(house, operator).rewards


def test_an_issue_of_one_player_is_not_given_to_another(house: House) -> None:
    id, given = give(house, "red")
    assert 200 == given.status_code
    issue = {"id": id, "games": [GAME], "level": 1, "rounds": 2, "until": TOMORROW.isoformat().replace("+00:00", "Z")}
    house.benches["red"].operator.ctl("account", id="eve", currency="EUR", balance="9.00", session="session-eve")
    refused = house.called("red", account="eve", issue=issue)
    assert "another player" in refused.get_data(as_text=True)
    assert [id] == [each["reward"] for each in Player(house, "red").rewards]


def test_a_bonus_until_the_last_of_days_is_given_though_its_duration_would_end_later(house: House) -> None:
    end = datetime(9999, 12, 31, tzinfo=UTC)
    _, answer = give(house, "blue", until=end, **{"from": "9999-12-30"})
    assert 200 == answer.status_code, answer.data


@pytest.mark.parametrize("operator", BENCHES)
def test_a_reward_that_nobody_gave_pays_nothing(house: House, operator: str) -> None:
    player = Player(house, operator)
    status, refusal = player.play(str(uuid4()))
    assert (402, "reward_invalid") == (status, refusal["reason"])
    assert Decimal(100) == books(house, operator)


@pytest.mark.parametrize("operator", BENCHES)
def test_the_stake_of_a_free_round_is_the_operators_and_not_the_clients(house: House, operator: str) -> None:
    id, _ = give(house, operator)
    player = Player(house, operator)
    status, refusal = player.play(id, stake=10 * STAKE)
    assert (400, "bad_request") == (status, refusal["code"])
    assert str(STAKE) in refusal["detail"]
    assert 3 == player.rewards[0]["rounds"]


@pytest.mark.parametrize("operator", BENCHES)
def test_a_call_that_comes_twice_gives_once_and_another_by_its_name_is_refused(house: House, operator: str) -> None:
    id = str(uuid4())
    first, again = (give(house, operator, id=id) for _ in range(2))
    assert (200, 200, first[0]) == (first[1].status_code, again[1].status_code, again[0])
    assert 400 == give(house, operator, id=id, rounds=4)[1].status_code
    assert [3] == [reward["rounds"] for reward in Player(house, operator).rewards]


@pytest.mark.parametrize("operator", BENCHES)
@pytest.mark.parametrize(
    "wrong",
    [
        {"rounds": 0}, {"rounds": 10**6}, {"rounds": "3"}, {"rounds": None}, {"stake": 0},
        {"until": datetime(2026, 1, 2, tzinfo=UTC)}, {"games": ["chess"], "game": "chess"}, {"games": [], "game": ""},
    ],
    ids=str,
)  # fmt: skip
def test_what_cannot_be_given_is_refused_with_the_reason(house: House, operator: str, wrong: dict[str, Any]) -> None:
    _, answer = give(house, operator, **wrong)
    assert 400 == answer.status_code
    assert b"INTERNAL" not in answer.data
    assert [] == Player(house, operator).rewards


@pytest.mark.parametrize("operator", BENCHES)
def test_a_call_that_is_not_the_operators_gives_nothing(house: House, operator: str) -> None:
    casino = house.benches[operator].operator
    issue: dict[str, Any] = {"id": "1", "games": [GAME], "game": GAME, "level": 1, "value": 1, "rounds": 1}
    issue |= {
        "until": "2099-01-01",
        "from": "2026-01-01",
        "eur": 1,
        "transaction": "t",
        "template": "t",
        "players": ["jo"],
    }
    call = casino.launch(account="jo", issue=issue, bonus_key="wrong")
    answer = house.client.post(f"/launch/{operator}/{call.path}", data=call.body + b" ", headers=dict(call.headers))
    assert answer.status_code in (401, 403)
    assert [] == Player(house, operator).rewards


def test_prepaids_leave_value_and_number_open_for_every_game_that_has_free_rounds(house: House) -> None:
    told = json.loads(house.called("green", prepaids=True).data)
    games = {prepaid["game_code"] for prepaid in told}
    assert {GAME, "roulette", "deep-lanterns", "video-poker"} <= games
    assert all(prepaid["bet_value"] is None is prepaid["bet_count"] for prepaid in told)
    prepaid = next(prepaid["prepaid_uuid"] for prepaid in told if prepaid["game_code"] == GAME)
    other = next(prepaid["prepaid_uuid"] for prepaid in told if prepaid["game_code"] == "roulette")
    id, answer = give(house, "green", more={"prepaid_uuid": prepaid})
    assert (prepaid, id, STAKE * 1000) == tuple(
        answer.get_json()[n] for n in ("prepaid_uuid", "reward_uuid", "bet_value")
    )
    assert 400 == give(house, "green", more={"prepaid_uuid": other})[1].status_code


def test_a_bonus_tells_how_it_stands(house: House) -> None:
    id, _ = give(house, "blue")
    player = Player(house, "blue")

    def told() -> tuple[str, int, int]:
        answer = house.called("blue", bonus_key=PathHmac.bonus_key, account="jo", status=id).get_json()
        return answer["status"], answer["left_rounds"], answer["total_rounds"]

    assert ("active", 3, 3) == told()
    player.play(id)
    assert ("active", 2, 3) == told()
    player.play(id)
    player.play(id)
    assert ("completed", 0, 3) == told()
    take_back(house, "blue", id)
    assert ("completed", 0, 3) == told()
    other, _ = give(house, "blue")
    assert "canceled" == take_back(house, "blue", other).get_json()["status"]


def test_a_bonus_in_another_currency_needs_to_know_what_a_euro_is_worth(tmp_path: Path) -> None:
    bench = PathHmac(tmp_path)
    try:
        usual = {"currencies": {"EUR": 2, "SEK": 2}}
        with pytest.raises(PluginError, match=r"eur\.SEK"):
            bench.wallet(tmp_path, **usual, eur={"SEK": "nothing"})
        bench.wallet(tmp_path, **usual, eur={"SEK": 11.2})
    finally:
        bench.close()
