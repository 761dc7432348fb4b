"""The settings page: every setting is on it, and what is on it is a settings file that works."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from pydantic import BaseModel

from rgs.container import Container
from rgs.settings import GameServerKey, Operator, Settings, load
from tests.rgs.server import ROOT

PAGE = (ROOT / "docs" / "settings.md").read_text()
[EXAMPLE] = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)


def names(model: type[BaseModel]) -> Iterator[str]:
    for name, field in model.model_fields.items():
        yield name
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            yield from names(field.annotation)


@pytest.mark.parametrize("name", sorted({*names(Settings), *names(Operator), *names(GameServerKey)}))
def test_every_setting_is_on_the_page(name: str) -> None:
    assert re.search(rf"\b{name}\b", EXAMPLE)


def test_the_example_is_the_embedded_default_in_full(tmp_path: Path) -> None:
    file = tmp_path / "rgs.yaml"
    file.write_text(EXAMPLE)
    found, default = load(file, {}).model_dump(), load(None, {}).model_dump()
    assert {"min": 10, "max": 10000, "default": 100} == found["operators"]["social"].pop("stakes")
    assert found["operators"]["social"].pop("options")
    default["operators"]["social"].pop("stakes")
    default["operators"]["social"].pop("options")
    assert default == found


def test_a_house_of_the_example_opens(tmp_path: Path) -> None:
    file = tmp_path / "rgs.yaml"
    file.write_text(yaml.safe_dump(yaml.safe_load(EXAMPLE) | {"data": str(tmp_path), "store": "memory"}))
    assert {"social"} == set(Container(settings=load(file, {})).wallets())
