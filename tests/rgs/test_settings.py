"""Settings: one file, the environment over it, and nothing unknown in either."""

from pathlib import Path
from typing import Any

import pytest

from rgs.settings import Settings, SettingsError, load


def settings(tmp_path: Path, text: str, **environment: str) -> Settings:
    file = tmp_path / "rgs.yaml"
    file.write_text(text)
    return load(file, environment)


def test_without_a_file_there_is_the_embedded_default() -> None:
    found = load(None, {})
    assert {"social": "social"} == {name: operator.backend for name, operator in found.operators.items()}
    assert "sqlite" == found.store


def test_the_file_is_read(tmp_path: Path) -> None:
    found = settings(tmp_path, "server: {port: 8123}\ndata: elsewhere\n")
    assert 8123 == found.server.port
    assert Path("elsewhere") == found.data


def test_the_environment_lies_over_the_file(tmp_path: Path) -> None:
    found = settings(tmp_path, "server: {port: 8123, threads: 4}", RGS_SERVER__PORT="9000", RGS_STORE="memory")
    assert 9000 == found.server.port
    assert 4 == found.server.threads
    assert "memory" == found.store


def test_the_file_can_be_named_by_the_environment(tmp_path: Path) -> None:
    file = tmp_path / "other.yaml"
    file.write_text("store: memory")
    assert "memory" == load(None, {"RGS_CONFIG": str(file)}).store


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("prot: 1", "prot: there is no such setting"),
        ("server: {prot: 1}", "server.prot: there is no such setting"),
        ("operators: {x: {backend: social, optoins: {}}}", "operators.x.optoins"),
        ("operators: {x: {}}", "operators.x.backend"),
        ("server: {port: '8000'}", "server.port"),
        ("server: {port: 70000}", "server.port"),
        ("store: cassette", "store"),
        ("server: {port: 1}\nserver: {port: 2}", "'server' stands twice"),
        ("server: {port: 1, port: 2}", "'port' stands twice"),
        ("- a\n- list", "keys and values"),
        ("server: {", "rgs.yaml"),
        ("keys: [{name: a}]", "either a file or a variable"),
        ("keys: [{name: a, file: f, variable: V}]", "either a file or a variable"),
        ("keys: [{name: a, variable: V, generate: true}]", "needs a file"),
        ("keys: [{name: a, file: f}, {name: a, file: g}]", "same name"),
        ("keys: [{name: a, file: f, operators: [nobody]}]", "'nobody'"),
        ("keys: [{name: 'A b', file: f}]", "keys.0.name"),
        ("stakes: {min: 100, max: 10}", "^stakes: stakes must be"),
        ("operators: {x: {backend: social, stakes: {min: 5000}}}", r"^operators\.x\.stakes: stakes must be"),
        ("operators: {}", "^operators: "),
        ("operators: {'a b': {backend: social}}", "'a b' is no name"),
    ],
)
def test_what_is_wrong_stops_the_start_and_is_named(tmp_path: Path, text: str, place: str) -> None:
    with pytest.raises(SettingsError, match=place):
        settings(tmp_path, text)


def test_the_usual_key_is_there_where_play_money_is_and_nobody_names_another(tmp_path: Path) -> None:
    assert ["game-server"] == [key.name for key in load(None, {}).keys]
    assert [] == settings(tmp_path, "operators: {casino: {backend: social}}").keys
    assert [] == settings(tmp_path, "keys: []").keys


@pytest.mark.parametrize(
    ("environment", "place"),
    [
        ({"RGS_SERVER__PROT": "1"}, "server.prot"),
        ({"RGS_PORT": "1"}, "port"),
        ({"RGS_STORE__X": "1"}, "store"),
        ({"RGS_SERVER__PORT": "many"}, "server.port"),
    ],
)
def test_a_misspelt_variable_stops_the_start_too(tmp_path: Path, environment: dict[str, Any], place: str) -> None:
    with pytest.raises(SettingsError, match=place):
        settings(tmp_path, "store: memory", **environment)


def test_a_file_that_is_named_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"none\.yaml"):
        load(tmp_path / "none.yaml", {})


@pytest.mark.parametrize("value", ["@canary-of-a-secret", "{canary-of-a-secret", "%canary-of-a-secret", "2026-99-99"])
@pytest.mark.parametrize("name", ["RGS_API_KEY", "RGS_KEYS__GS", "RGS_SERVER__HOST"])
def test_a_variable_that_is_no_yaml_is_named_and_its_value_is_not_shown(name: str, value: str) -> None:
    with pytest.raises(SettingsError) as refused:
        load(None, {name: value})
    assert name in str(refused.value)
    assert value[1:] not in str(refused.value)


@pytest.mark.parametrize("url", ["https://games.example", "http://games.example:8080/rgs/", "https://[::1]:8443"])
def test_a_public_url_is_an_absolute_address(url: str) -> None:
    assert url.rstrip("/") == load(None, {"RGS_SERVER__PUBLIC_URL": url}).server.public_url


@pytest.mark.parametrize(
    "url",
    ["games.example", "/play", "ftp://x", "https://", "https://u:p@x", "https://x?a=1", "https://x#a", "https://x:99999",
     "https://x y", "https://x/<b>", "https://\u00e4.example"],
)  # fmt: skip
def test_what_is_no_absolute_address_is_no_public_url(url: str) -> None:
    with pytest.raises(SettingsError, match=r"server\.public_url"):
        Settings.model_validate(load(None, {"RGS_SERVER__PUBLIC_URL": f"'{url}'"}))


def test_an_operator_alone_has_the_whole_share_and_several_two_thirds_of_it_each(tmp_path: Path) -> None:
    assert ({"social": 36}, 36) == load(None, {}).threads()
    several = settings(tmp_path, "operators: {a: {backend: social}, b: {backend: social, threads: 5}}\n")
    assert ({"a": 24, "b": 5}, 36) == several.threads()
    assert ({"social": 512}, 512) == load(
        None, {"RGS_OPERATORS__SOCIAL__BACKEND": "social", "RGS_OPERATORS__SOCIAL__THREADS": "512"}
    ).threads()


@pytest.mark.parametrize(("threads", "together"), [(2, 1), (3, 1), (4, 2), (8, 6), (48, 36), (1024, 768)])
def test_all_operators_together_leave_threads_to_the_house(threads: int, together: int) -> None:
    assert together == load(None, {"RGS_SERVER__THREADS": str(threads)}).server.operators_together
