"""The real server as a process, for tests: started on a free loopback port, stopped by its own id."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[2]


class Server:
    """A running `rgs serve`."""

    def __init__(self, data: Path, *, config: Path | None = None, **environment: str) -> None:
        clean = {name: value for name, value in os.environ.items() if not name.startswith("RGS_")}
        self.data = data
        self.process = subprocess.Popen(
            [sys.executable, "-m", "rgs", *([] if config is None else ["--config", str(config)]), "serve"],
            cwd=ROOT,
            env={**clean, "RGS_SERVER__PORT": "0", "RGS_DATA": str(data), **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout is not None
        ready = self.process.stdout.readline()
        match = re.match(r"ready (http://127\.0\.0\.1:(\d+))/play/\S+", ready)
        if match is None:
            _, errors = self.process.communicate(timeout=20)
            raise AssertionError(f"the server did not start: {ready}{errors}")
        self.url, self.port, self.page = match[1], int(match[2]), f"{match[1]}/play/three-fruits"

    @property
    def key(self) -> str:
        return (self.data / "game-server.key").read_text().strip()

    def stop(self) -> str:
        """SIGTERM; returns what it wrote to stderr."""
        self.process.send_signal(signal.SIGTERM)
        _, errors = self.process.communicate(timeout=40)
        return errors

    def kill(self) -> None:
        """SIGKILL: what it knew is gone."""
        self.process.kill()
        self.process.communicate(timeout=20)


@contextmanager
def serving(data: Path, **environment: str) -> Iterator[Server]:
    server = Server(data, **environment)
    try:
        yield server
    finally:
        if server.process.poll() is None:
            server.stop()
