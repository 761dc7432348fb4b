"""Significant events: what somebody will ask about later, one JSON line each, durable, in `events.jsonl` beside the rounds.

(GLI-19 v3.0, 2.8.8.) Rounds have their own record; here is what happens to the house: it starts, it stops, drawing is
stopped, a file is not as it was installed.
"""

import json
import logging
import os
import threading
from pathlib import Path

from ports.clock import Clock

FILE = "events.jsonl"

log = logging.getLogger("rgs.events")


class Events:
    """The journal of one house."""

    def __init__(self, *, data: Path, clock: Clock) -> None:
        self._path = data / FILE
        self._clock = clock
        self._lock = threading.Lock()

    def note(self, event: str, **facts: str | int) -> None:
        """Put an event on record, with its time; durable on return. It goes to the log as well."""
        line = {"time": self._clock.now().strftime("%Y-%m-%dT%H:%M:%S.%fZ"), "event": event, **facts}
        log.warning("%s %s", event, facts)
        with self._lock, self._path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(line, ensure_ascii=False) + "\n")
            file.flush()
            os.fsync(file.fileno())

    def stopped(self, reason: str) -> None:
        """Drawing was stopped; no new round is accepted until the process is started anew on sound ground."""
        self.note("drawing_stopped", reason=reason)
