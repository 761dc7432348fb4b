"""What the build adds to the wheel: the digests of the files that decide an outcome, for `rgs verify` and `sha256sum -c`."""

import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class CriticalFiles(BuildHookInterface):  # type: ignore[type-arg]
    """Writes the manifest of `rgs.integrity` and packs it; an editable installation has none."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Called before the wheel is packed."""
        if version == "editable":
            return
        sys.path.insert(0, self.root)
        from rgs import integrity

        home = Path(self.root)
        place = integrity.MANIFEST.relative_to(integrity.HOME)
        self._manifest = Path(self.directory) / place.name
        self._manifest.parent.mkdir(parents=True, exist_ok=True)
        self._manifest.write_text(integrity.listing(integrity.critical_files(home)))
        build_data["force_include"][str(self._manifest)] = place.as_posix()

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        """Called when it is packed."""
        if version != "editable":
            self._manifest.unlink()
