"""How the window looks, dark and light. Colour is never the only signal: every colour here comes with a word or a shape."""

from dataclasses import dataclass

from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication


@dataclass(frozen=True, slots=True)
class Colours:
    """The colours of a theme, by what they mean."""

    ground: str
    panel: str
    field: str
    line: str
    text: str
    faint: str
    accent: str
    good: str
    bad: str
    doubt: str
    wallet: str


DARK = Colours("#12151c", "#191d27", "#222836", "#323a4c", "#e6e9f0", "#8d96aa", "#f0b94a", "#4cc38a", "#ff5d6c",
               "#f2a33a", "#67a9ff")  # fmt: skip
LIGHT = Colours("#eef0f4", "#ffffff", "#f6f7fa", "#cbd0da", "#1b2130", "#5d677a", "#a86d00", "#137a4b", "#c2182b",
                "#9a5b00", "#1d5fc4")  # fmt: skip

_now = DARK


def colours() -> Colours:
    """The colours in force."""
    return _now


def strip(app: QApplication) -> None:
    """Take the theme off: half of the work of changing it."""
    app.setStyleSheet("")


def apply(app: QApplication, *, dark: bool) -> None:
    """Put a theme on the whole application."""
    global _now
    _now = DARK if dark else LIGHT
    c = _now
    app.setStyleSheet(
        ""
    )  # to change one that is in force takes three times as long as to take it off and put on another
    if app.style().name() != "fusion":
        app.setStyle("Fusion")
    palette = QPalette()
    role = QPalette.ColorRole
    for which, colour in {
        role.Window: c.panel,
        role.WindowText: c.text,
        role.Base: c.field,
        role.AlternateBase: c.panel,
        role.Text: c.text,
        role.Button: c.field,
        role.ButtonText: c.text,
        role.Highlight: c.wallet,
        role.HighlightedText: c.ground,
        role.ToolTipBase: c.field,
        role.ToolTipText: c.text,
        role.PlaceholderText: c.faint,
    }.items():
        palette.setColor(which, QColor(colour))
    for which in (role.Text, role.ButtonText, role.WindowText):
        palette.setColor(QPalette.ColorGroup.Disabled, which, QColor(c.faint))
    app.setPalette(palette)
    app.setStyleSheet(_sheet(c))


def _sheet(c: Colours) -> str:
    return f"""
    QMainWindow, QMainWindow::separator {{ background: {c.ground}; }}
    QMainWindow::separator {{ width: 6px; height: 6px; }}
    QDockWidget {{ font-weight: 600; }}
    QDockWidget::title {{ background: {c.ground}; padding: 6px 8px; }}
    QDockWidget > QWidget {{ background: {c.panel}; font-weight: 400; }}
    QToolBar {{ background: {c.ground}; border: 0; padding: 4px; spacing: 8px; }}
    QMenuBar, QStatusBar {{ background: {c.ground}; }}
    QMenuBar::item:selected, QMenu::item:selected {{ background: {c.line}; }}
    QMenu {{ background: {c.panel}; border: 1px solid {c.line}; }}
    QTabBar::tab {{ background: {c.ground}; color: {c.faint}; padding: 6px 9px; border: 0; }}
    QTabBar::tab:selected {{ color: {c.text}; border-bottom: 2px solid {c.accent}; }}
    QTabWidget::pane {{ border: 0; }}
    QLineEdit, QPlainTextEdit, QListWidget, QTableView {{
        background: {c.field}; border: 1px solid {c.line}; border-radius: 4px; padding: 3px 6px;
        selection-background-color: {c.wallet}; selection-color: {c.ground}; }}
    QLineEdit:focus, QPlainTextEdit:focus, QTableView:focus {{
        border-color: {c.accent}; }}
    QTableView {{ gridline-color: {c.line}; padding: 0; }}
    QHeaderView::section {{ background: {c.panel}; color: {c.faint}; border: 0; border-bottom: 1px solid {c.line};
        padding: 4px 6px; }}
    QPushButton {{ background: {c.field}; border: 1px solid {c.line}; border-radius: 4px; padding: 5px 12px; }}
    QPushButton:hover, QPushButton:focus {{ border-color: {c.accent}; }}
    QPushButton:disabled {{ color: {c.faint}; }}
    QPushButton#spin {{ background: {c.accent}; color: {c.ground}; font-size: 17px; font-weight: 800;
        border-radius: 8px; padding: 12px 34px; }}
    QPushButton#spin:disabled {{ background: {c.line}; color: {c.faint}; }}
    QLabel[role="faint"] {{ color: {c.faint}; }}
    QLabel[role="figure"] {{ font-size: 17px; font-weight: 700; }}
    QLabel[role="armed"] {{ background: {c.bad}; color: {c.ground}; font-weight: 700; padding: 6px 8px;
        border-radius: 4px; }}
    QLabel[role="bad"] {{ color: {c.bad}; font-weight: 700; }}
    """
