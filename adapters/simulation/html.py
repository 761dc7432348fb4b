"""Parts of HTML pages that need nothing else: a style, tables, and plots as SVG within the page."""

from collections.abc import Sequence
from html import escape
from typing import Any

WIDTH, HEIGHT = 640, 120

STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; color: #1a1a1a; max-width: 60rem; margin: 2rem auto; padding: 0 1rem }
table { border-collapse: collapse; margin: .5rem 0 1.5rem; font-size: 13px }
td, th { border: 1px solid #ccc; padding: .2rem .6rem; text-align: left; vertical-align: top }
td.n { text-align: right; font-variant-numeric: tabular-nums }
.pass { color: #06601f } .fail { color: #a00014; font-weight: 600 }
code { font-size: 12px; overflow-wrap: anywhere }
svg { background: #fafafa; border: 1px solid #ddd; max-width: 100% }
"""


def bars(counts: Sequence[float], label: str, band: tuple[float, float] | None) -> str:
    """Counts as bars; `band` is where nearly all of them should end."""
    top = max([*counts, band[1] if band else 0, 1e-9]) * 1.05
    low = min(counts) * 0.9 if band and min(counts) > 0.5 * top else 0.0
    scale = (HEIGHT - 20) / (top - low)
    step = WIDTH / len(counts)
    drawn = [f"<svg viewBox='0 0 {WIDTH} {HEIGHT}' width='{WIDTH}' role='img' aria-label='{escape(label)}'>"]
    if band:
        above, below = (HEIGHT - 15 - (edge - low) * scale for edge in (band[1], band[0]))
        drawn.append(f"<rect x='0' y='{above:.1f}' width='{WIDTH}' height='{below - above:.1f}' fill='#cfe3d4'/>")
    for at, count in enumerate(counts):
        height = max(0.0, (count - low) * scale)
        drawn.append(
            f"<rect x='{at * step:.2f}' y='{HEIGHT - 15 - height:.1f}' width='{max(0.5, step * 0.8):.2f}' "
            f"height='{height:.1f}' fill='#37628c'/>"
        )
    drawn.append(f"<text x='4' y='{HEIGHT - 3}' font-size='11'>{escape(label)}</text></svg>")
    return "".join(drawn)


def table(rows: Any) -> str:
    """Names and values, each as HTML already."""
    cells = "".join(f"<tr><td>{name}</td><td class='n'>{value}</td></tr>" for name, value in rows)
    return f"<table>{cells}</table>"
