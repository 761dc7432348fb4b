"""The guide knows every key, step and time, and its pictures are there."""

import re
from pathlib import Path

from harness_gui.scenario import STEPS
from harness_gui.window import Window

GUIDE = Path(__file__).parent.parent.parent / "docs" / "qa-guide.md"


def rows(text: str) -> list[list[str]]:
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in text.splitlines() if line[:2] == "| "]


def test_every_action_stands_in_the_guide_with_its_key(window: Window) -> None:
    keys = {text: action.shortcut().toString() for text, action in window.actions_by_name.items()}
    told = {row[1]: row[0] for row in rows(GUIDE.read_text().split("## Keys")[1]) if row[0] != "key"}
    assert keys == told


def test_every_step_of_a_scenario_stands_in_the_guide() -> None:
    section = GUIDE.read_text().split("## Scenarios")[1].split("## Evidence")[0]
    assert set(STEPS) == {row[0].strip("`") for row in rows(section) if row[0].startswith("`")}


def test_every_picture_of_the_guide_is_there_and_small() -> None:
    pictures = re.findall(r"\]\((images/[^)]+)\)", GUIDE.read_text())
    assert 4 == len(pictures)
    for picture in pictures:
        assert (GUIDE.parent / picture).stat().st_size < 300_000
