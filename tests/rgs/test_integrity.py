"""The files that decide an outcome are watched: each change is found, by us and by `sha256sum`."""

import json
import os
import shutil
import subprocess
import sys
from base64 import urlsafe_b64encode
from hashlib import sha256
from pathlib import Path

import pytest
from click.testing import CliRunner

from rgs import integrity, plugins
from rgs.commands.verify import verify


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """A copy of our own files with their manifest, as a wheel installs them."""
    for package in integrity.PACKAGES:
        for path in (integrity.HOME / package).rglob("*.py"):
            place = tmp_path / path.relative_to(integrity.HOME)
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, place)
    manifest(tmp_path).write_text(integrity.listing(integrity.critical_files(tmp_path)))
    return tmp_path


def manifest(house: Path) -> Path:
    return house / "rgs" / "critical-files.sha256"


def differences(house: Path) -> list[str] | None:
    found = integrity.check(manifest(house), house)
    return None if found is None else [str(difference) for difference in found]


def test_an_untouched_installation_is_as_it_was(house: Path) -> None:
    assert [] == differences(house)


def test_everything_that_decides_an_outcome_is_in_the_manifest(house: Path) -> None:
    files = integrity.read_manifest(manifest(house).read_text())
    for needed in ("core/rng.py", "core/health.py", "core/lifecycle.py", "adapters/system.py", "ports/randomness.py"):
        assert needed in files
    assert any(name.startswith("games/") for name in files)


@pytest.mark.parametrize("name", ["core/rng.py", "games/three_fruits.py", "adapters/system.py", "rgs/container.py"])
def test_a_changed_file_a_missing_one_and_a_new_one_are_found(house: Path, name: str) -> None:
    file = house / name
    file.write_text(file.read_text() + "\n")
    assert [f"{name}: changed"] == differences(house)
    file.unlink()
    assert [f"{name}: gone"] == differences(house)
    new = house / "games" / "zz_new.py"
    new.write_text("game = None\n")
    assert {f"{name}: gone", "games/zz_new.py: not in the manifest"} == set(differences(house) or [])


def test_bytecode_that_does_not_come_from_its_source_is_found(house: Path) -> None:
    """Python would run it, and the source would look untouched."""
    source = house / "core" / "errors.py"
    honest = source.read_bytes()
    times = source.stat()
    source.write_bytes(honest.replace(b"class", b"ssalc", 0) + b"")
    compile_file(source)
    assert [] == differences(house)
    source.write_bytes(b"X = 1\n" + b"#" * (len(honest) - 7) + b"\n")
    os.utime(source, ns=(times.st_atime_ns, times.st_mtime_ns))
    compile_file(source)
    source.write_bytes(honest)
    os.utime(source, ns=(times.st_atime_ns, times.st_mtime_ns))
    [found] = differences(house) or []
    assert found.startswith("core/__pycache__/errors.")


def compile_file(source: Path) -> None:
    subprocess.run([sys.executable, "-m", "py_compile", str(source)], check=True)


def test_a_third_party_checks_it_without_us(house: Path) -> None:
    check = ["sha256sum", "--quiet", "-c", "rgs/critical-files.sha256"]
    assert 0 == subprocess.run(check, cwd=house, check=False).returncode
    (house / "core" / "rng.py").write_text("pass\n")
    told = subprocess.run(check, cwd=house, check=False, capture_output=True, text=True)
    assert 1 == told.returncode
    assert "core/rng.py: FAILED" in told.stdout


def test_a_checkout_has_no_manifest() -> None:
    assert integrity.check(Path("/nowhere/critical-files.sha256")) is None


@pytest.mark.parametrize("line", ["", "core/rng.py", "0" * 64, "0" * 63 + "g  core/rng.py", "0" * 64 + " core/rng.py"])
def test_a_manifest_that_is_none_is_refused(line: str) -> None:
    with pytest.raises(ValueError, match="not a line of sha256sum"):
        integrity.read_manifest(f"{'0' * 64}  core/rng.py\n{line}\n")


# Packages of other people.


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """Where an installer put a package with two games, and one that has nothing to do with us."""
    games = {"luck/__init__.py": "", "luck/dice.py": "game = 6\n", "shared_names/coin.py": "game = 2\n"}
    install(tmp_path, "luck", games, "[rgs.games]\nluck = luck\n")
    install(
        tmp_path, "other", {"shared_names/other.py": "", "other.py": "x = 1\n"}, "[console_scripts]\nother = other:x\n"
    )
    return tmp_path


def install(site: Path, name: str, files: dict[str, str], entry_points: str) -> None:
    info = f"{name}-1.0.dist-info"
    named = files | {f"{info}/METADATA": f"Name: {name}\nVersion: 1.0\n", f"{info}/entry_points.txt": entry_points}
    record = ["../../bin/script.py,sha256=AAAA,4", f"{info}/RECORD,,"]
    for place, text in named.items():
        (site / place).parent.mkdir(exist_ok=True)
        (site / place).write_text(text)
        digest = urlsafe_b64encode(sha256(text.encode()).digest()).decode().rstrip("=")
        record.append(f"{place},sha256={digest},{len(text)}")
    (site / info / "RECORD").write_text("\n".join(record))


def plugin_differences(site: Path) -> list[str]:
    [package] = plugins.packages([str(site)])
    return [str(difference) for difference in integrity.check_plugin(package)]


def test_a_package_that_brings_games_is_as_its_installer_left_it(site: Path) -> None:
    assert [] == plugin_differences(site)


@pytest.mark.parametrize("name", ["luck/__init__.py", "luck/dice.py", "shared_names/coin.py"])
def test_a_changed_file_of_a_package_and_a_missing_one_are_found(site: Path, name: str) -> None:
    (site / name).write_text("game = 7\n")
    assert [f"{name}: changed"] == plugin_differences(site)
    (site / name).unlink()
    assert [f"{name}: gone"] == plugin_differences(site)


def test_a_new_game_in_a_package_is_found_and_a_neighbour_is_none(site: Path) -> None:
    (site / "luck" / "more").mkdir()
    (site / "luck" / "more" / "__init__.py").write_text("game = 1\n")
    assert ["luck/more/__init__.py: not in the manifest"] == plugin_differences(site)


def test_bytecode_of_a_package_that_does_not_come_from_its_source_is_found(site: Path) -> None:
    source = site / "luck" / "dice.py"
    honest, times = source.read_bytes(), source.stat()
    source.write_bytes(b"game = 1\n")
    os.utime(source, ns=(times.st_atime_ns, times.st_mtime_ns))
    compile_file(source)
    source.write_bytes(honest)
    os.utime(source, ns=(times.st_atime_ns, times.st_mtime_ns))
    [found] = plugin_differences(site)
    assert found.startswith("luck/__pycache__/dice.")


# The command.


def test_the_list_is_what_sha256sum_prints(tmp_path: Path) -> None:
    told = CliRunner().invoke(verify, ["--list"])
    assert 0 == told.exit_code
    names = [line[66:] for line in told.output.splitlines()]
    printed = subprocess.run(["sha256sum", *names], cwd=integrity.HOME, check=True, capture_output=True, text=True)
    assert printed.stdout == told.output
    assert names == list(json.loads(CliRunner().invoke(verify, ["--list", "--json"]).output))


def test_the_command_ends_with_1_where_something_differs(tmp_path: Path) -> None:
    approved = tmp_path / "approved.sha256"
    files = integrity.critical_files()
    approved.write_text(integrity.listing(files))
    told = CliRunner().invoke(verify, ["--manifest", str(approved)])
    assert (0, "every file is as it was installed\n") == (told.exit_code, told.output)
    approved.write_text(integrity.listing({**files, "core/rng.py": "0" * 64}))
    told = CliRunner().invoke(verify, ["--manifest", str(approved), "--json"])
    assert 1 == told.exit_code
    answer = json.loads(told.output)
    assert not answer["sound"]
    assert ["core/rng.py"] == [difference["file"] for difference in answer["differences"]]


def test_the_command_says_that_there_is_no_manifest() -> None:
    told = CliRunner().invoke(verify, [])
    assert 2 == told.exit_code
    assert "a source checkout has none" in told.output
