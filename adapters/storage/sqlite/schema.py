"""The tables. The records are the truth; `heads` is a projection of the newest ones, and can be made anew from them."""

import sqlite3

from sqlite_utils import Database

from adapters.pen import Unusable


class UnknownSchema(Unusable):
    """The file was written by a newer version of this software."""


def migrate(connection: sqlite3.Connection, file: str) -> None:
    """Bring the file to the newest schema, one step after the other, each in a transaction. Raises `UnknownSchema`."""
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if version > len(_STEPS):
        raise UnknownSchema(f"{file} has schema {version}; this software knows up to {len(_STEPS)}")
    database = Database(connection)
    for number, step in enumerate(_STEPS[version:], version + 1):
        with database.atomic():
            step(database)
            connection.execute(f"PRAGMA user_version = {number}")


def _first(database: Database) -> None:
    database.execute(
        "CREATE TABLE versions (seq INTEGER PRIMARY KEY AUTOINCREMENT, round TEXT NOT NULL, version INTEGER NOT NULL,"
        " record BLOB NOT NULL, UNIQUE (round, version))"
    )
    database.table("heads").create(
        {
            "round": str,
            "version": int,
            "state": str,
            "operator": str,
            "player": str,
            "game": str,
            "currency": str,
            "exponent": int,
            "held": int,
            "occupies": int,
            "ended": int,
            "disputed": int,
            "accepted": str,
        },
        pk="round",
    )
    database.execute("CREATE UNIQUE INDEX one_open_round ON heads (operator, player, game) WHERE occupies = 1")
    database.execute("CREATE INDEX pending ON heads (disputed, accepted) WHERE ended = 0")
    database.execute("CREATE INDEX history ON heads (operator, player, accepted, round)")
    database.execute("CREATE INDEX set_aside ON heads (operator, player, currency, held) WHERE held > 0")
    database.table("sessions").create(
        {
            "id": str,
            "token": bytes,
            "operator": str,
            "player": str,
            "currency": str,
            "exponent": int,
            "game": str,
            "opened_by": str,
            "handle": bytes,
            "demo": int,
            "created": str,
            "expires": str,
            "ended": int,
        },
        pk="id",
    )
    database.execute("CREATE UNIQUE INDEX token ON sessions (token)")
    database.execute(
        "CREATE TABLE seals (number INTEGER PRIMARY KEY AUTOINCREMENT, upto INTEGER NOT NULL, record BLOB NOT NULL)"
    )


def _rewards(database: Database) -> None:
    database.execute("ALTER TABLE heads ADD COLUMN reward TEXT")
    database.execute(
        "UPDATE heads SET reward = (SELECT json_extract(CAST(record AS TEXT), '$.terms.reward') FROM versions"
        " WHERE versions.round = heads.round AND version = 1 AND json_valid(CAST(record AS TEXT))"
        " AND json_extract(CAST(record AS TEXT), '$.terms.kind') = 'play')"
    )
    database.execute("CREATE INDEX rewarded ON heads (operator, player, reward) WHERE reward IS NOT NULL")
    database.table("rewards").create(
        {
            "operator": str,
            "player": str,
            "id": str,
            "currency": str,
            "exponent": int,
            "stakes": str,
            "rounds": int,
            "begins": str,
            "expires": str,
            "withdrawn": int,
            "told": int,
        },
        pk=("operator", "player", "id"),
    )
    database.execute("CREATE INDEX named ON rewards (operator, id)")
    database.execute("CREATE INDEX untold ON rewards (operator) WHERE told = 0")


_STEPS = (_first, _rewards)
"""Each brings a file from the schema of its place to the next. Never change one that was released; add one."""
