"""Game servers: random numbers, and the stages of a round whose game runs elsewhere."""

from collections.abc import Callable
from functools import partial

from adapters.http import models, strict_json
from adapters.http.answers import Answers
from adapters.http.endpoints import Answer, Audience, Endpoint
from adapters.http.gate import Gate
from adapters.http.players import open_session
from core import draws
from core.errors import BadRequest, IdReused, Unauthenticated
from core.external import External, Key
from core.health import Monitor
from core.sessions import Sessions
from ports.game import Json
from ports.randomness import Tape
from ports.sessions import Session

_endpoint = partial(Endpoint, Audience.GAME_SERVERS)


class GameServers:
    """The RNG API and the stage API."""

    def __init__(
        self,
        *,
        external: External,
        sessions: Sessions,
        tape: Callable[[], Tape],
        health: Monitor,
        answers: Answers,
        gate: Gate,
    ) -> None:
        self._external = external
        self._sessions = sessions
        self._tape = tape
        self._health = health
        self._answers = answers
        self._gate = gate

    def endpoints(self) -> list[Endpoint]:
        """The addresses of this audience."""
        drawn, staged = (403, 404, 409, 422, 503), (402, 403, 404, 409, 422, 503)
        known = {200: models.Round, 202: models.Round}
        return [
            _endpoint("GET", "/v1/rng/range", "Integers of min .. max-1", self.range, {200: models.Values}, drawn,
                      query=models.RangeQuery),
            _endpoint("POST", "/v1/rng/weighted", "Values by weight", self.weighted, {200: models.Values}, drawn,
                      body=models.Weighted, limit=strict_json.LARGE),
            _endpoint("POST", "/v1/rng/shuffle", "Items in random order", self.shuffle, {200: models.Items}, drawn,
                      body=models.Shuffle, limit=strict_json.LARGE),
            _endpoint("POST", "/v1/player", "Verify a launch token, or refresh a session", self.player,
                      {200: models.Session, 201: models.Session}, (402, 403, 503),
                      body={"session": models.Refresh, "": models.Open}),
            _endpoint("POST", "/v1/escrow", "Set a wager aside", self.escrow, {**known, 201: models.Round}, staged,
                      body=models.Escrow),
            _endpoint("POST", "/v1/result", "Report the outcome", self.result, known, staged, body=models.Result),
            _endpoint("POST", "/v1/cancel", "Give the stake back", self.cancel, known, staged, body=models.Cancel),
        ]  # fmt: skip

    def range(self, key: Key, query: models.RangeQuery) -> Answer:
        """Fair integers."""
        asked: Json = {"range": {"min": query.min, "max": query.max, "count": query.count}}
        return self._drawn(key, query, asked, "values")

    def weighted(self, key: Key, body: models.Weighted) -> Answer:
        """Values, each as likely as its weight."""
        weights = [list(pair) for pair in body.weights]
        return self._drawn(key, body, {"weighted": {"weights": weights, "count": body.count}}, "values")

    def shuffle(self, key: Key, body: models.Shuffle) -> Answer:
        """Items in random order, or some of them."""
        asked: dict[str, Json] = {"items": body.items}
        if body.count is not None:
            asked["count"] = body.count
        return self._drawn(key, body, {"shuffle": asked}, "items")

    def player(self, key: Key, body: models.Open | models.Refresh) -> Answer:
        """The player stage."""
        if isinstance(body, models.Refresh):
            session = self._session(key, body.session)
            return Answer(self._answers.session(session, body.session, refresh=True))
        key.check(body.operator, body.game)
        with self._gate.within(body.operator):
            opened = open_session(self._sessions, body, key.name)
        return Answer(self._answers.session(opened.session, opened.bearer, refresh=False), 201)

    def escrow(self, key: Key, body: models.Escrow) -> Answer:
        """The escrow stage: the first one opens the round."""
        session = self._session(key, body.session)
        with self._gate.within(session.operator):
            if body.escrow == 1:
                answered = self._external.escrow(key, session, body.round, body.stake, body.reward)
                return self._answers.told(answered, opens=True)
            if body.reward is not None:
                raise BadRequest("a reward pays the first escrow of a round only")
            terms = self._external.find(key, body.round).terms
            if (terms.operator, terms.player, terms.game) != (session.operator, session.player, session.game):
                raise IdReused(f"round {body.round} is of another player or game")
            answered = self._external.further_escrow(key, body.round, body.escrow, body.stake)
            return self._answers.told(answered, opens=False)

    def result(self, key: Key, body: models.Result) -> Answer:
        """The result stage."""
        with self._gate.within(self._operator(key, body.round)):
            answered = self._external.result(key, body.round, body.win, body.outcome)
            return self._answers.told(answered, opens=False)

    def cancel(self, key: Key, body: models.Cancel) -> Answer:
        """Instead of a result, while nothing was drawn."""
        with self._gate.within(self._operator(key, body.round)):
            return self._answers.told(self._external.cancel(key, body.round, body.reason), opens=False)

    def _drawn(self, key: Key, place: models.OfRound, asked: Json, name: str) -> Answer:
        if (place.round is None) != (place.draw is None):
            raise BadRequest("a draw on a round's tape names both the round and the number of the draw")
        if place.round is None or place.draw is None:
            self._health.require()
            return Answer({name: draws.execute(asked, self._tape())})
        round = self._external.find(key, place.round)
        with self._gate.within(round.terms.operator):
            values, replay = self._external.draw(key, place.round, place.draw, asked)
        return Answer({name: values, "round": place.round, "draw": place.draw}, replay=replay)

    def _operator(self, key: Key, round: str) -> str:
        return self._external.find(key, round).terms.operator

    def _session(self, key: Key, bearer: str) -> Session:
        session = self._sessions.find(bearer)
        if session.opened_by != key.name:
            raise Unauthenticated("there is no live session behind this token; open a new one")
        key.check(session.operator, session.game)
        return session
