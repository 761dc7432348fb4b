"""Free bets in the `RS_*` protocol: the operator's calls `freebet/prepaids/list`, `rewards/create` and `rewards/cancel`.

A prepaid is a template. Ours leave value and number open, one for each game and currency, so that each reward says its own.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from adapters.backends.kit import Common, Currencies, moment, text, uuid_of, whole
from ports.ids import reward_id
from ports.record import spelt
from ports.rewards import RewardConflict, RewardDesk, RewardRefused, Status
from ports.wallet import Declined

CALLS = ("freebet/prepaids/list", "freebet/rewards/create", "freebet/rewards/cancel")
SCALE = 5
"""Money is in 1/10**5 of a main unit."""


def answer(
    call: str, fields: Mapping[str, Any], desk: RewardDesk, options: Common, currencies: Currencies
) -> Mapping[str, Any] | Sequence[Mapping[str, Any]]:
    """Do what the call asks for. Raises `RewardRefused`, whatever is wrong with it."""
    try:
        if call == CALLS[0]:
            return _prepaids(fields, desk, options, currencies)
        if call == CALLS[1]:
            return _told(_create(fields, desk, options, currencies), options, currencies)
        found = desk.withdraw(text(fields, "reward_uuid"))
    except (RewardConflict, Declined, ValueError) as problem:
        raise RewardRefused(str(problem)) from None
    if found is None:
        raise RewardRefused("there is no such reward")
    return _told(found, options, currencies)


def _prepaids(
    fields: Mapping[str, Any], desk: RewardDesk, options: Common, currencies: Currencies
) -> list[Mapping[str, Any]]:
    wanted = fields.get("game_code")
    games = [game for game in desk.games if wanted in (None, options.game(game))]
    return [
        {
            "prepaid_uuid": _prepaid(options.game(game), traded.theirs),
            "game_code": options.game(game),
            "currency": traded.theirs,
            "bet_value": None,
            "bet_count": None,
        }
        for game in games
        for traded in currencies
    ]


def _create(fields: Mapping[str, Any], desk: RewardDesk, options: Common, currencies: Currencies) -> Status:
    traded = currencies.theirs(fields.get("currency"))
    theirs, value, count = text(fields, "game_code"), whole(fields, "bet_value"), whole(fields, "bet_count")
    if fields.get("prepaid_uuid") not in (None, _prepaid(theirs, traded.theirs)):
        raise RewardRefused("prepaid_uuid is of another game or currency")
    money = traded.money(Decimal(value).scaleb(-SCALE))
    return desk.issue(
        player=text(fields, "user"),
        id=reward_id(text(fields, "reward_uuid")),
        currency=traded.ours,
        stakes={options.our_game(theirs): 0 if money is None else money.minor},
        rounds=count,
        begins=moment(fields, "start_time"),
        expires=moment(fields, "end_time"),
    )


def _told(status: Status, options: Common, currencies: Currencies) -> Mapping[str, Any]:
    reward = status.reward
    traded = currencies.ours(reward.currency)
    [(game, stake)] = reward.stakes.items()
    return {
        "user": reward.player,
        "reward_uuid": reward.id,
        "prepaid_uuid": _prepaid(options.game(game), traded.theirs),
        "game_code": options.game(game),
        "currency": traded.theirs,
        "bet_value": int(Decimal(stake).scaleb(SCALE - traded.digits)),
        "bet_count": reward.rounds,
        "start_time": spelt(reward.begins),
        "end_time": spelt(reward.expires),
    }


def _prepaid(game: str, currency: str) -> str:
    return uuid_of(f"prepaid:{game}:{currency}")
