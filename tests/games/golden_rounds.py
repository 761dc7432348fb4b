"""Make the golden rounds of every game that has none: `python -m tests.games.golden_rounds`.

What is there is never overwritten: a game whose rounds change has a new version, and new rounds beside it.
"""

import json
from pathlib import Path

from tests.games.catalogue import GAMES, WAGERS, names, play

GOLDEN = Path(__file__).parent / "golden"
ROUNDS = 25


def main() -> None:
    for game in GAMES:
        file = GOLDEN / f"{names(game)}.json"
        if file.exists():
            continue
        rounds = {}
        for each, wager in WAGERS:
            if each is game:
                rounds[wager.mode] = [
                    {
                        "seed": seed,
                        "turns": [
                            {"choice": c, "draws": d, "win": t.win, "events": t.events}
                            for c, d, t in play(game, wager, seed)
                        ],
                    }
                    for seed in range(ROUNDS)
                ]
        file.write_text(json.dumps({"version": game.version, "rounds": rounds}, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
