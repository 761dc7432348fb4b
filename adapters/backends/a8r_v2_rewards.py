"""Free spins in `provider_a8r` version 2: the operator's calls `Freespins/Issue` and `Freespins/Cancel`.

The stake comes as a level, 1 the lowest of the game's stakes; or as an amount, where the sender knows that field. What was
played is told in total, by `Freespins/Finish` ([a8r_v2](a8r_v2.py)).
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from adapters.backends.kit import Common, Currencies, moment, text, whole
from ports.ids import reward_id
from ports.rewards import RewardConflict, RewardDesk, RewardRefused
from ports.wallet import Declined


def answer(
    call: str, fields: Mapping[str, Any], desk: RewardDesk, options: Common, currencies: Currencies
) -> Mapping[str, Any]:
    """Do what the call asks for. Raises `RewardRefused`, whatever is wrong with it."""
    try:
        if call == "Issue":
            _issue(fields, desk, options, currencies)
        elif desk.withdraw(text(fields, "issue_id")) is None:
            raise RewardRefused("there is no such issue")
    except (RewardConflict, Declined, ValueError) as problem:
        raise RewardRefused(str(problem)) from None
    return {}


def _issue(fields: Mapping[str, Any], desk: RewardDesk, options: Common, currencies: Currencies) -> None:
    account, games = fields.get("account"), fields.get("games")
    if not isinstance(account, dict):
        raise RewardRefused("account is missing")
    if not isinstance(games, list) or not all(isinstance(game, str) for game in games):
        raise RewardRefused("games is missing")
    traded = currencies.theirs(account.get("currency"))
    level, amount = fields.get("bet_level"), fields.get("bet_amount")
    stakes = {}
    for game in map(options.our_game, games):
        ladder = desk.stakes(game)
        if isinstance(amount, str):
            money = traded.money(Decimal(amount)) if amount.replace(".", "", 1).isdecimal() else None
            stakes[game] = 0 if money is None else money.minor
        elif type(level) is int and 1 <= level <= len(ladder):
            stakes[game] = ladder[level - 1]
        else:
            raise RewardRefused(f"bet_level of {game} is 1 to {len(ladder)}")
    player, id = text(account, "id"), reward_id(text(fields, "issue_id"))
    known = desk.find(id)
    if known is not None and known.reward.player != player:
        raise RewardRefused("this issue is another player's: totals and cancels name the issue alone")
    desk.issue(
        player=player,
        id=id,
        currency=traded.ours,
        stakes=stakes,
        rounds=whole(fields, "freespins_quantity"),
        begins=moment(fields, "valid_since"),
        expires=moment(fields, "valid_until"),
    )
