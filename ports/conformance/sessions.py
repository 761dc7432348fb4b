"""What every `ports.sessions.SessionStore` promises, as tests to inherit."""

from abc import ABC, abstractmethod
from functools import partial
from hashlib import sha256
from pathlib import Path

import pytest

from ports.conformance.makers import at_once, session
from ports.money import Currency
from ports.sessions import SessionStore

TOKEN = sha256(b"one").digest()
OTHER = sha256(b"other").digest()


class SessionStoreConformance(ABC):
    """Tests to inherit."""

    @abstractmethod
    def create(self, place: Path) -> SessionStore:
        """A new, empty store; `place` is a directory for its files."""

    @abstractmethod
    def again(self, store: SessionStore, place: Path) -> SessionStore:
        """The same store as the next process finds it."""

    def discard(self, store: SessionStore) -> None:  # noqa: B027 most stores have nothing to do here
        """Let go of a store at the end of a test."""

    @pytest.fixture
    def store(self, tmp_path: Path) -> object:
        """An empty store."""
        store = self.create(tmp_path)
        yield store
        self.discard(store)

    def test_an_empty_store_knows_nothing(self, store: SessionStore) -> None:
        assert (None, None) == (store.find(TOKEN), store.get("session-1"))
        store.end("session-1")

    def test_a_session_comes_back_as_it_was(self, store: SessionStore) -> None:
        one = session(1)
        other = session(2, currency=Currency("mBTC", 5), opened_by="partner", demo=True, handle="")
        store.add(one, TOKEN)
        store.add(other, OTHER)
        assert (one, other) == (store.find(TOKEN), store.find(OTHER))
        assert (one, other) == (store.get("session-1"), store.get("session-2"))

    def test_an_ended_session_is_opened_by_nothing_and_still_there(self, store: SessionStore) -> None:
        store.add(session(1), TOKEN)
        store.add(session(2), OTHER)
        for _ in range(2):
            store.end("session-1")
            assert (None, session(2)) == (store.find(TOKEN), store.find(OTHER))
            assert session(1) == store.get("session-1")

    def test_an_expired_session_is_found(self, store: SessionStore) -> None:
        old = session(1, expires=session(1).created)
        store.add(old, TOKEN)
        assert old == store.find(TOKEN)

    @pytest.mark.parametrize(("number", "token"), [(1, OTHER), (2, TOKEN)])
    def test_an_id_or_a_token_is_not_given_twice(self, store: SessionStore, number: int, token: bytes) -> None:
        store.add(session(1), TOKEN)
        with pytest.raises(ValueError, match="session"):
            store.add(session(number, player="mallory"), token)
        assert (session(1), session(1)) == (store.find(TOKEN), store.get("session-1"))

    @pytest.mark.parametrize("field", ["player", "handle", "game"])
    def test_text_that_is_none_is_refused_and_the_store_lives_on(self, store: SessionStore, field: str) -> None:
        with pytest.raises(ValueError, match="surrogates"):
            store.add(session(1, **{field: "half a \ud83c"}), TOKEN)
        store.add(session(1), TOKEN)
        assert session(1) == store.find(TOKEN)

    def test_the_next_process_finds_everything(self, tmp_path: Path) -> None:
        store = self.create(tmp_path)
        store.add(session(1), TOKEN)
        store.add(session(2), OTHER)
        store.end("session-1")
        store = self.again(store, tmp_path)
        assert (None, session(2)) == (store.find(TOKEN), store.find(OTHER))
        assert session(1) == store.get("session-1")
        self.discard(store)

    def test_many_at_once(self, store: SessionStore) -> None:
        tokens = [sha256(str(number).encode()).digest() for number in range(24)]
        works = [partial(store.add, session(number), token) for number, token in enumerate(tokens)]
        assert [None] * len(tokens) == at_once(works)
        assert [session(number) for number in range(24)] == [store.find(token) for token in tokens]
