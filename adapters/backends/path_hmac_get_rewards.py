"""Free round bonuses in the GET protocol: the operator's calls `frb/create`, `frb/assign`, GET and DELETE `frb/1.0/bonus`.

A template is what `create` checks and gives a name; `assign` says everything again, with the players. Amounts are in EUR,
and worth in other currencies what the options say, rounded down to a stake that the game has.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from decimal import ROUND_FLOOR, Decimal
from typing import Any
from urllib.parse import parse_qsl

from adapters.backends.kit import Common, Currencies, Traded, moment, text, uuid_of, whole
from ports.launch import LaunchCall
from ports.record import spelt
from ports.rewards import RewardConflict, RewardDesk, RewardRefused, Standing, Status
from ports.wallet import Declined

BASE = "EUR"
_STANDINGS = {
    Standing.ACTIVE: "active",
    Standing.PLAYED: "completed",
    Standing.WITHDRAWN: "canceled",
    Standing.EXPIRED: "expired",
}


class Bonuses:
    """The calls of one operator."""

    def __init__(self, options: Common, currencies: Currencies, worth: Mapping[str, Decimal]) -> None:
        """`worth`: our currency code -> how much of it is one EUR."""
        self._options = options
        self._currencies = currencies
        self._worth = {BASE: Decimal(1), **worth}

    def answer(self, call: LaunchCall, fields: Mapping[str, Any], desk: RewardDesk) -> Mapping[str, Any] | None:
        """Do what the call asks for; None if it is no call about bonuses. Raises `RewardRefused`."""
        name = call.path.strip("/")
        try:
            if name == "frb/create":
                self._stakes(fields, desk, None)
                _span(fields, desk.now())
                return {"status": "Success", "templateId": uuid_of(f"template:{text(fields, 'transactionId')}")}
            if name == "frb/assign":
                return self._assign(fields, desk)
            if name.startswith("frb/") and name.endswith("/bonus"):
                return self._bonus(call, desk)
        except (RewardConflict, Declined, ValueError) as problem:
            raise RewardRefused(str(problem)) from None
        return None

    def _assign(self, fields: Mapping[str, Any], desk: RewardDesk) -> Mapping[str, Any]:
        """Games, stakes and currencies of all players are looked at before anything is given. Repeated, it gives the rest."""
        players = fields.get("players")
        if not isinstance(players, list) or not all(isinstance(player, dict) for player in players) or not players:
            raise RewardRefused("players is missing")
        rounds = whole(fields, "numberOfRounds")
        id = uuid_of(f"assignment:{text(fields, 'templateId')}:{text(fields, 'transactionId')}")
        begins, expires = _span(fields, desk.now())
        given = []
        for player in players:
            traded = self._currencies.theirs(player.get("playerCurrency"))
            given.append((text(player, "playerId"), traded.ours, self._stakes(fields, desk, traded)))
        for name, currency, stakes in given:
            desk.issue(
                player=name, id=id, currency=currency, stakes=stakes, rounds=rounds, begins=begins, expires=expires
            )
        return {"status": "Success", "templateId": id}

    def _bonus(self, call: LaunchCall, desk: RewardDesk) -> Mapping[str, Any]:
        asked = dict(parse_qsl(call.query))
        id, player = asked.get("template_id", ""), asked.get("player_id", "")
        found = desk.withdraw(id, player) if call.method == "DELETE" else desk.find(id, player)
        if found is None:
            raise RewardRefused("there is no such bonus")
        reward = found.reward
        traded = self._currencies.ours(reward.currency)
        return {
            "player_id": reward.player,
            "player_currency": traded.theirs,
            "operator_id": asked.get("operator_id", ""),
            "status": _STANDINGS[found.standing],
            "template_id": reward.id,
            "left_rounds": found.left,
            "total_rounds": reward.rounds,
            "expiration_date": spelt(reward.expires),
            "games": self._games(found, traded),
            "error_message": "",
        }

    def _games(self, status: Status, traded: Traded) -> list[Mapping[str, Any]]:
        return [
            {
                "game_id": self._options.game(game),
                "bet_amount": [f"{Decimal(stake).scaleb(-traded.digits):f}"],
                "currency": traded.theirs,
            }
            for game, stake in status.reward.stakes.items()
        ]

    def _stakes(self, fields: Mapping[str, Any], desk: RewardDesk, traded: Traded | None) -> dict[str, int]:
        """Our games and the stakes of their rounds; without a currency, the games are looked at only."""
        listed = fields.get("gameInfoList")
        if not isinstance(listed, list) or not all(isinstance(each, dict) for each in listed) or not listed:
            raise RewardRefused("gameInfoList is missing")
        found = {}
        for each in listed:
            amount = each.get("betAmount")
            if not isinstance(amount, int | Decimal) or isinstance(amount, bool) or not 0 < amount < 10**12:
                raise RewardRefused("betAmount is an amount of money")
            game = self._options.our_game(text(each, "gameId"))
            found[game] = self._stake(Decimal(amount), desk.stakes(game), traded)
        return found

    def _stake(self, amount: Decimal, ladder: Sequence[int], traded: Traded | None) -> int:
        if traded is None:
            return 0
        worth = self._worth.get(traded.ours.code)
        if worth is None:
            raise RewardRefused(f"what a {BASE} is worth in {traded.ours.code} is not configured")
        most = int((amount * worth).scaleb(traded.digits).to_integral_value(ROUND_FLOOR))
        fitting = [stake for stake in ladder if stake <= most]
        if not fitting:
            raise RewardRefused(f"{amount} {BASE} is less than the smallest stake of this game")
        return fitting[-1]


def _span(fields: Mapping[str, Any], now: datetime) -> tuple[datetime, datetime]:
    """From when, and until when: the earlier of the date and the number of days."""
    begins, expires = moment(fields, "availableFromDate"), moment(fields, "expirationDate")
    if begins is None or expires is None:
        raise RewardRefused("availableFromDate or expirationDate is missing")
    days = fields.get("availableDuration")
    if type(days) is int and days > 0:
        try:
            expires = min(expires, begins + timedelta(days=min(days, 3650)))
        except OverflowError:
            pass  # later than any date, and so than this one
    if expires <= max(now, begins):
        raise RewardRefused("the bonus would be over before it begins")
    return begins, expires
