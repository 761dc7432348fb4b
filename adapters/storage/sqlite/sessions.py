"""Sessions on the file: bearer tokens as digests, the operators' handles encrypted."""

import sqlite3
import threading
from collections import OrderedDict
from datetime import datetime

from cryptography.fernet import InvalidToken

from adapters.pen import statement
from adapters.storage.sqlite.file import KEY, SqliteStore
from ports.money import Currency
from ports.record import spelt
from ports.sessions import Session

_NEW_SESSION = "INSERT INTO sessions VALUES (?,?,?,?,?,?,?,?,?,?,?,?,0)"
_KNOWN = "SELECT 1 FROM sessions WHERE id = ? OR token = ?"
_LIVE = "SELECT id FROM sessions WHERE token = ? AND ended = 0"
_SESSION = (
    "SELECT operator, player, currency, exponent, game, opened_by, handle, demo, created, expires FROM sessions"
    " WHERE id = ?"
)
CACHED = 4096
"""Sessions kept open in memory."""


class SqliteSessions:
    """A `ports.sessions.SessionStore`."""

    def __init__(self, store: SqliteStore) -> None:
        self._store = store
        self._opened: OrderedDict[str, Session] = OrderedDict()
        """Sessions by id, as they are for ever; opening a handle costs more than the rest of a look-up."""
        self._lock = threading.Lock()

    def add(self, session: Session, token_digest: bytes) -> None:
        """Keep a new session; durable on return."""
        row = (
            session.id,
            token_digest,
            session.operator,
            session.player,
            session.currency.code,
            session.currency.exponent,
            session.game,
            session.opened_by,
            self._store.seal.encrypt(session.handle.encode()),
            session.demo,
            spelt(session.created),
            spelt(session.expires),
        )
        insert = statement(_NEW_SESSION, row)

        def add(connection: sqlite3.Connection) -> Exception | None:
            if connection.execute(_KNOWN, (session.id, token_digest)).fetchone():
                return ValueError(f"session {session.id}, or its token, is there already")
            insert(connection)
            return None

        self._store.write(add)

    def find(self, token_digest: bytes) -> Session | None:
        """The session of this bearer token, unless it was ended."""
        row = self._store.reader.execute(_LIVE, (token_digest,)).fetchone()
        return None if row is None else self.get(row[0])

    def get(self, id: str) -> Session | None:
        """The session with this id, ended or not."""
        known = self._opened.get(id)
        if known is None and (known := self._read(id)) is not None:
            with self._lock:
                self._opened[id] = known
                if len(self._opened) > CACHED:
                    self._opened.popitem(last=False)
        return known

    def end(self, id: str) -> None:
        """From now on its bearer token opens nothing; durable on return."""
        self._store.write(statement("UPDATE sessions SET ended = 1 WHERE id = ?", (id,)))

    def _read(self, id: str) -> Session | None:
        row = self._store.reader.execute(_SESSION, (id,)).fetchone()
        if row is None:
            return None
        operator, player, code, exponent, game, opened_by, sealed, demo, created, expires = row
        try:
            handle = self._store.seal.decrypt(sealed).decode()
        except InvalidToken:
            raise ValueError(f"the handle of session {id} was sealed with another {KEY}") from None
        return Session(
            id=id,
            operator=operator,
            player=player,
            currency=Currency(code, exponent),
            game=game,
            opened_by=opened_by,
            handle=handle,
            demo=bool(demo),
            created=datetime.fromisoformat(created),
            expires=datetime.fromisoformat(expires),
        )
