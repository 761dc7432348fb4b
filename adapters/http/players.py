"""Players' clients: open a session, play rounds of the games that run here, look them up."""

from functools import partial

from adapters.http import models
from adapters.http.answers import Answers, status_of
from adapters.http.endpoints import Answer, Audience, Caller, Endpoint
from adapters.http.gate import Gate
from adapters.http.problems import refused_opening
from core.catalogue import Catalogue
from core.errors import BadRequest
from core.hosted import Hosted
from core.house import check_round_id
from core.sessions import Opened, Sessions
from ports.game import Wager
from ports.rounds import Bet, RoundStore
from ports.wallet import WalletError


def open_session(sessions: Sessions, asked: models.Open, opened_by: str | None) -> Opened:
    """A new session. Raises what `sessions.open` raises, and says a wallet's refusal in words of HTTP."""
    try:
        return sessions.open(operator=asked.operator, token=asked.token, game=asked.game, opened_by=opened_by)
    except WalletError as refusal:
        raise refused_opening(refusal) from refusal


_endpoint = partial(Endpoint, Audience.PLAYERS)


class Players:
    """The player API."""

    def __init__(
        self,
        *,
        hosted: Hosted,
        sessions: Sessions,
        rounds: RoundStore,
        catalogue: Catalogue,
        answers: Answers,
        gate: Gate,
    ) -> None:
        self._hosted = hosted
        self._sessions = sessions
        self._rounds = rounds
        self._catalogue = catalogue
        self._answers = answers
        self._gate = gate

    def endpoints(self) -> list[Endpoint]:
        """The addresses of this audience."""
        rounds = "/v1/rounds/{id}"
        known = {200: models.Round, 202: models.Round}
        return [
            _endpoint("POST", "/v1/sessions", "Open a session", self.open, {201: models.Session}, (402, 404, 503),
                      body=models.Open, authenticated=False),
            _endpoint("GET", "/v1/session", "The session, and the balance as it is now", self.session,
                      {200: models.Session}),
            _endpoint("DELETE", "/v1/session", "End the session; its rounds go on to their end", self.end, {204: None}),
            _endpoint("PUT", rounds, "Play a round", self.play, {**known, 201: models.Round},
                      (402, 404, 409, 422, 503), body=models.Play),
            _endpoint("POST", f"{rounds}/choices", "Take a choice", self.choose, known, (402, 404, 409, 422, 503),
                      body=models.Choose),
            _endpoint("GET", rounds, "One round", self.round, known, (404,)),
            _endpoint("GET", "/v1/rounds", "The player's rounds of this game, newest first", self.history,
                      {200: models.History}, query=models.HistoryQuery),
        ]  # fmt: skip

    def open(self, body: models.Open) -> Answer:
        """A session with the player behind a launch token."""
        self._catalogue.current(body.game)
        with self._gate.within(body.operator):
            opened = open_session(self._sessions, body, None)
        return Answer(self._answers.session(opened.session, opened.bearer, refresh=False), 201)

    def session(self, caller: Caller) -> Answer:
        """The session again."""
        return Answer(self._answers.session(caller.session, caller.bearer, refresh=True))

    def end(self, caller: Caller) -> Answer:
        """The token opens nothing any more."""
        self._sessions.end(caller.session)
        return Answer(None, 204)

    def play(self, caller: Caller, id: str, body: models.Play) -> Answer:
        """A bet, played as far as it goes."""
        session = caller.session
        mode = body.mode
        if mode is None:
            mode = self._catalogue.current(session.game, session.operator).game.modes[0].id
        bet = Bet(round=id, wager=Wager(mode, body.selection), stake=body.stake, reward=body.reward)
        with self._gate.within(session.operator):
            return self._answers.told(self._hosted.play(session, bet), opens=True)

    def choose(self, caller: Caller, id: str, body: models.Choose) -> Answer:
        """A choice, played as far as it goes."""
        check_round_id(id)
        with self._gate.within(caller.session.operator):
            answered = self._hosted.choose(caller.session, id, body.turn, body.choice)
            return self._answers.told(answered, opens=False)

    def round(self, caller: Caller, id: str) -> Answer:
        """A round as it is on record."""
        check_round_id(id)
        round = self._hosted.find(caller.session, id)
        return Answer(self._answers.round(round), status_of(round))

    def history(self, caller: Caller, query: models.HistoryQuery) -> Answer:
        """Rounds as they are on record."""
        session = caller.session
        try:
            page = self._rounds.history(
                session.operator, session.player, game=session.game, limit=query.limit, cursor=query.cursor
            )
        except ValueError:
            raise BadRequest("the cursor is not one of ours") from None
        hosted = [round for round in page.rounds if round.hosted]
        return Answer({"rounds": self._answers.rounds(hosted), "next": page.next})
