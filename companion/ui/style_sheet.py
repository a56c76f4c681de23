"""What Qt's own widgets are told about colours and edges. Pure; GUI thread."""

from PySide6.QtGui import QColor, QPalette

from companion.ui.palette import Colors, mix


def qt_palette(c: Colors) -> QPalette:
    """Return the colours for what Qt draws by itself."""
    palette = QPalette()
    role = QPalette.ColorRole
    for where, name in (
        (role.Window, c.window),
        (role.Base, c.surface),
        (role.AlternateBase, c.window),
        (role.Button, c.surface),
        (role.ToolTipBase, c.text),
        (role.WindowText, c.text),
        (role.Text, c.text),
        (role.ButtonText, c.text),
        (role.ToolTipText, c.window),
        (role.PlaceholderText, c.text_secondary),
        (role.Highlight, c.accent),
        (role.HighlightedText, c.on_accent),
        (role.Accent, c.accent),
        (role.Link, c.accent),
    ):
        palette.setColor(where, QColor(name))
    for where in (role.WindowText, role.Text, role.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, where, QColor(c.on_disabled))
    return palette


def style_sheet(c: Colors) -> str:
    """Return the rules for the widgets that Qt draws."""
    thumb = mix(c.window, c.outline, 0.55).name()
    hover = mix(c.window, c.text, 0.07).name()
    return f"""
    QToolTip {{ background: {c.text}; color: {c.window}; border: none; padding: 6px 8px; }}
    QMenu {{ background: {c.surface}; color: {c.text}; border: 1px solid {c.border}; padding: 6px; }}
    QMenu::item {{ padding: 7px 28px 7px 14px; border-radius: 6px; }}
    QMenu::item:selected {{ background: {c.accent}; color: {c.on_accent}; }}
    QMenu::item:disabled {{ color: {c.on_disabled}; }}
    QMenu::separator {{ height: 1px; background: {c.border}; margin: 6px 8px; }}
    QScrollBar:vertical {{ background: transparent; width: 10px; margin: 2px; }}
    QScrollBar::handle:vertical {{ background: {thumb}; border-radius: 3px; min-height: 36px; }}
    QScrollBar::handle:vertical:hover {{ background: {c.outline}; }}
    QScrollBar::add-line, QScrollBar::sub-line {{ height: 0; }}
    QScrollBar::add-page, QScrollBar::sub-page {{ background: transparent; }}
    QPushButton[quiet="true"] {{ background: transparent; color: {c.accent}; border: 1px solid {c.accent};
        border-radius: 8px; padding: 5px 14px; }}
    QPushButton[quiet="true"]:hover {{ background: {c.accent}; color: {c.on_accent}; }}
    QPushButton[quiet="true"]:checked {{ background: {c.accent}; color: {c.on_accent}; }}
    QPushButton[quiet="true"]:disabled {{ color: {c.on_disabled}; border-color: {c.on_disabled}; }}
    QPushButton[quiet="true"]:focus {{ border: 2px solid {c.accent}; padding: 4px 13px; }}
    QToolButton[quiet="true"] {{ background: transparent; border: 2px solid transparent; border-radius: 10px;
        padding: 4px; }}
    QToolButton[quiet="true"]:hover {{ background: {hover}; }}
    QToolButton[quiet="true"]:focus {{ border-color: {c.accent}; }}
    QToolButton[quiet="true"]::menu-indicator {{ image: none; }}
    """
