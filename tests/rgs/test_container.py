"""The container: every provider gives what it says, and parts can be replaced."""

import os
import sys
from importlib.metadata import EntryPoint
from pathlib import Path
from uuid import uuid4

import pytest

from adapters.storage.memory import MemoryRounds
from adapters.storage.sqlite import StoreInUse
from core.replay import differences
from rgs import plugins
from rgs.container import Container
from rgs.plugins import PluginError
from rgs.settings import Settings, SettingsError, load

PROVIDERS = sorted(Container.providers)


def configured(tmp_path: Path, store: str = "sqlite") -> Settings:
    return load(None, {"RGS_DATA": str(tmp_path), "RGS_STORE": store})


@pytest.mark.parametrize("store", ["sqlite", "memory"])
@pytest.mark.parametrize("provider", PROVIDERS)
def test_every_provider_resolves(tmp_path: Path, provider: str, store: str) -> None:
    container = Container(settings=configured(tmp_path, store))
    container.init_resources()
    try:
        found = getattr(container, provider)()
        assert found is not None or (provider, store) == ("store", "memory")
        assert found is getattr(container, provider)()
    finally:
        container.shutdown_resources()


def test_a_part_is_replaced_by_keyword(tmp_path: Path) -> None:
    rounds = MemoryRounds()
    container = Container(settings=configured(tmp_path, "memory"), rounds=rounds)
    assert container.rounds() is rounds


@pytest.mark.parametrize(
    "stores", [("sqlite", "sqlite"), ("sqlite", "memory"), ("memory", "sqlite"), ("memory", "memory")]
)
def test_two_houses_cannot_own_the_same_data(tmp_path: Path, stores: tuple[str, str]) -> None:
    first, second = (Container(settings=configured(tmp_path, store)) for store in stores)
    first.init_resources()
    try:
        with pytest.raises(StoreInUse, match="another process is using"):
            second.init_resources()
    finally:
        first.shutdown_resources()


def test_a_key_for_game_servers_is_written_when_there_is_none(tmp_path: Path) -> None:
    [key] = Container(settings=configured(tmp_path, "memory")).keys().values()
    file = tmp_path / "game-server.key"
    assert "game-server" == key.name
    assert frozenset({"social"}) == key.operators
    assert key.games is None
    assert 0o600 == file.stat().st_mode & 0o777
    before = file.read_text()
    Container(settings=configured(tmp_path, "memory")).keys()
    assert before == file.read_text()


def test_an_empty_key_file_is_written_anew_where_keys_are_generated(tmp_path: Path) -> None:
    file = tmp_path / "game-server.key"
    file.touch()
    (tmp_path / "game-server.key.new").write_text("half of a k")
    assert 1 == len(Container(settings=configured(tmp_path, "memory")).keys())
    assert (44, 0o600) == (len(file.read_text()), file.stat().st_mode & 0o777)
    assert [file] == list(tmp_path.glob("game-server.key*"))


def test_a_key_that_cannot_be_written_whole_is_not_there_at_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(_descriptor: int) -> None:
        raise OSError("the disk is full")

    monkeypatch.setattr(os, "fsync", fails)
    with pytest.raises(OSError, match="full"):
        Container(settings=configured(tmp_path, "memory")).keys()
    assert not (tmp_path / "game-server.key").exists()


@pytest.mark.parametrize(
    ("keys", "complaint"),
    [
        ("keys: [{name: a, file: none.key}]", "no key of at least 20 characters in file"),
        ("keys: [{name: a, variable: NO_SUCH_KEY}]", "variable NO_SUCH_KEY"),
        ("keys: [{name: a, file: same.key}, {name: b, file: same.key}]", "the same key"),
    ],
)
def test_a_key_that_is_not_there_stops_the_start(tmp_path: Path, keys: str, complaint: str) -> None:
    (tmp_path / "same.key").write_text("x" * 43)
    file = tmp_path / "rgs.yaml"
    file.write_text(f"data: {tmp_path}\n{keys}\n")
    assert "NO_SUCH_KEY" not in os.environ
    with pytest.raises(SettingsError, match=complaint):
        Container(settings=load(file, {})).keys()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("game = 5", "broken_games.bad cannot be loaded: "),
        ("import no_such_thing", "broken_games.bad cannot be loaded: ModuleNotFoundError"),
        ("raise ValueError('rtp: 9/10 is declared')", "broken_games.bad cannot be loaded: rtp: 9/10 is declared"),
        ("def", "broken_games.bad cannot be loaded: SyntaxError"),
    ],
)
def test_a_game_that_cannot_be_loaded_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, words: str
) -> None:
    package = tmp_path / "broken_games"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "bad.py").write_text(text)
    monkeypatch.syspath_prepend(tmp_path)
    for module in ("broken_games", "broken_games.bad"):
        monkeypatch.delitem(sys.modules, module, raising=False)
    entry = EntryPoint("broken", "broken_games", plugins.GAMES)
    monkeypatch.setattr(plugins, "entry_points", lambda **_: [entry])
    with pytest.raises(PluginError, match=words):
        plugins.catalogue()


def test_operators_of_play_money_never_share_their_books(tmp_path: Path) -> None:
    def house(more: str) -> Container:
        text = f"store: memory\noperators:\n  social: {{backend: social}}\n  club: {{backend: social{more}}}\n"
        (tmp_path / "rgs.yaml").write_text(text)
        return Container(settings=load(tmp_path / "rgs.yaml", {"RGS_DATA": str(tmp_path)}))

    with pytest.raises(SettingsError, match="two of play money share their books"):
        house("").wallets()
    for wrong in ("rgs.sqlite", "../club.sqlite", "club.db", "7"):
        with pytest.raises(PluginError, match="file: "):
            house(f", options: {{file: {wrong}}}").wallets()
    wallets = house(", options: {file: club.sqlite}").wallets()
    wallets["social"].grant("ann", 5, "a present")
    assert 100_005 == wallets["social"].player("demo-ann", "plums").balance.minor
    assert 100_000 == wallets["club"].player("demo-ann", "plums").balance.minor
    for wallet in wallets.values():
        wallet.close()


def test_each_operator_gets_the_variant_of_a_game_that_its_settings_choose(tmp_path: Path) -> None:
    """Its players read the return of that variant, play it, and have it on record."""
    text = """
store: memory
operators:
  social: {backend: social}
  strict: {backend: social, variants: {three-fruits: "92"}, options: {file: strict.sqlite}}
"""
    (tmp_path / "rgs.yaml").write_text(text)
    container = Container(settings=load(tmp_path / "rgs.yaml", {"RGS_DATA": str(tmp_path)}))
    container.init_resources()
    client = container.app().test_client()
    for operator, variant, rtp in (("social", "default", "0.954956"), ("strict", "92", "0.919861")):
        told = client.get(f"/v1/games/three-fruits?operator={operator}").get_json()
        listed = client.get(f"/v1/games?operator={operator}").get_json()["games"]
        opened = client.post(
            "/v1/sessions", json={"operator": operator, "token": "demo-ann", "game": "three-fruits"}
        ).get_json()
        id = str(uuid4())
        answer = client.put(
            f"/v1/rounds/{id}", json={"stake": 100}, headers={"Authorization": f"Bearer {opened['session']}"}
        )
        round = container.rounds().load(id)
        assert 201 == answer.status_code
        assert round is not None
        assert variant == round.terms.variant
        assert rtp == told["modes"][0]["rtp"]
        assert told in listed
        assert [] == differences(round, container.catalogue())
    container.shutdown_resources()


def test_a_variant_that_there_is_not_stops_the_start(tmp_path: Path) -> None:
    (tmp_path / "rgs.yaml").write_text("operators: {social: {backend: social, variants: {three-fruits: '50'}}}")
    container = Container(settings=load(tmp_path / "rgs.yaml", {"RGS_DATA": str(tmp_path)}))
    with pytest.raises(
        PluginError, match="social: variants: there is no variant '50' of three-fruits; there are: default, 92"
    ):
        container.catalogue()
