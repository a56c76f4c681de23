"""The style sheet of the guide and of the panels that stand in it and in the settings, from the theme's colours."""

from companion.ui.theme import Colors, mix


def panel_style(c: Colors) -> str:
    """Return the style sheet for a widget and what is in it."""
    pressed = mix(c.accent, c.text, 0.18).name()
    trough = mix(c.surface, c.outline, 0.25).name()
    return f"""
    QScrollArea, #column {{ background: transparent; border: none; }}
    QPushButton[primary="true"] {{ background: {c.accent}; color: {c.on_accent}; border: 2px solid {c.accent};
        border-radius: 8px; padding: 5px 16px; }}
    QPushButton[primary="true"]:hover, QPushButton[primary="true"]:pressed {{ background: {pressed};
        border-color: {pressed}; }}
    QPushButton[primary="true"]:focus {{ border-color: {c.text}; }}
    QPushButton[primary="true"]:disabled {{ background: {c.disabled}; color: {c.on_disabled};
        border-color: {c.disabled}; }}
    QPushButton[plain="true"] {{ background: transparent; color: {c.text_secondary}; border: 2px solid transparent;
        border-radius: 8px; padding: 5px 10px; }}
    QPushButton[plain="true"]:hover {{ color: {c.text}; }}
    QPushButton[plain="true"]:focus {{ border-color: {c.accent}; }}
    QPushButton[plain="true"]:disabled {{ color: {c.on_disabled}; }}
    QProgressBar {{ background: {trough}; border: none; border-radius: 3px; max-height: 6px; min-height: 6px; }}
    QProgressBar::chunk {{ background: {c.accent}; border-radius: 3px; }}
    QComboBox {{ background: {c.surface}; color: {c.text}; border: 1px solid {c.outline}; border-radius: 8px;
        padding: 6px 26px 6px 10px; }}
    QComboBox:focus {{ border: 2px solid {c.accent}; padding: 5px 25px 5px 9px; }}
    QComboBox::drop-down {{ border: none; width: 24px; }}
    QComboBox QAbstractItemView {{ background: {c.surface}; color: {c.text}; border: 1px solid {c.border};
        outline: none; padding: 4px; selection-background-color: {c.accent}; selection-color: {c.on_accent}; }}
    """
