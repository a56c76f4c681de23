"""The style sheet of fields, lists and sliders in the settings window, made of the theme's colours. No state."""

from companion.ui.theme import Colors, mix


def field_style(c: Colors) -> str:
    """Return the style sheet for the window `SettingsWindow` and what is in it."""
    hover = mix(c.window, c.text, 0.06).name()
    faint = mix(c.surface, c.outline, 0.45).name()
    return f"""
    QScrollArea, #page {{ background: transparent; border: none; }}
    #side {{ background: {c.surface}; border-right: 1px solid {c.border}; }}
    #card {{ background: {c.surface}; border: 1px solid {c.border}; border-radius: 12px; }}
    #line {{ background: {c.border}; }}
    QLineEdit, QPlainTextEdit, QComboBox {{ background: {c.window}; color: {c.text}; border: 1px solid {c.outline};
        border-radius: 8px; padding: 5px 9px; selection-background-color: {c.accent};
        selection-color: {c.on_accent}; }}
    QLineEdit:focus, QPlainTextEdit:focus, QComboBox:focus {{ border: 2px solid {c.accent}; padding: 4px 8px; }}
    QLineEdit[refused="true"] {{ border: 2px solid {c.slow}; padding: 4px 8px; }}
    QComboBox {{ padding-right: 26px; }}
    QComboBox:focus {{ padding-right: 25px; }}
    QComboBox::drop-down {{ border: none; width: 24px; }}
    QComboBox QAbstractItemView {{ background: {c.surface}; color: {c.text}; border: 1px solid {c.border};
        outline: none; padding: 4px; selection-background-color: {c.accent}; selection-color: {c.on_accent}; }}
    QSlider {{ min-height: 26px; }}
    QSlider::groove:horizontal {{ height: 4px; border-radius: 2px; background: {faint}; }}
    QSlider::sub-page:horizontal {{ height: 4px; border-radius: 2px; background: {c.accent}; }}
    QSlider::handle:horizontal {{ width: 14px; margin: -7px 0; border-radius: 9px; background: {c.accent};
        border: 2px solid {c.surface}; }}
    QSlider::handle:horizontal:focus {{ border-color: {c.text}; }}
    QListWidget {{ background: transparent; border: none; outline: none; color: {c.text}; }}
    QListWidget::item {{ border-radius: 8px; padding: 7px 8px; margin: 1px 0; border: 2px solid transparent; }}
    QListWidget::item:hover {{ background: {hover}; }}
    QListWidget::item:selected {{ background: {c.info_surface}; color: {c.text}; }}
    QListWidget::item:selected:focus {{ border-color: {c.accent}; }}
    QPushButton[danger="true"] {{ background: transparent; color: {c.slow}; border: 1px solid {c.slow};
        border-radius: 8px; padding: 5px 14px; }}
    QPushButton[danger="true"]:hover {{ background: {c.problem_surface}; }}
    QPushButton[danger="true"]:focus {{ border: 2px solid {c.slow}; padding: 4px 13px; }}
    """
