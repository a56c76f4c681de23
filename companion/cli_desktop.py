"""`companion desktop install` and `remove`: the entry in the desktop's menu and the icon. Thread: main."""

import argparse
import os
import sys
from pathlib import Path

from companion import autostart
from companion.engine.errors import CompanionError

ICON_SIDES = (16, 22, 24, 32, 48, 64, 128, 256)
"""Of the icon theme specification, in pixels."""


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the parser of the command."""
    parser = subparsers.add_parser(
        "desktop",
        help="put Companion into the desktop's menu, or take it out",
        description="Put Companion and its icon into your own desktop's menu, or take them out.",
    )
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    actions.add_parser("install", help="add the menu entry and the icon")
    actions.add_parser("remove", help="take the menu entry, the icon and the start at login away")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Carry out the action and return the exit status."""
    if sys.platform in ("win32", "darwin"):
        raise CompanionError(
            "desktop-unsupported",
            "Menu entries of this kind are for Linux desktops.",
            hint="Start at login is in the settings.",
            permanent=True,
        )
    if args.action == "remove":
        done, files = "removed", autostart.remove_entry()
    else:
        done, files = "written", autostart.install_entry(*_icons())
    for path in files:
        print(f"{done}: {path}")
    if not files:
        print("nothing was there")
    return 0


def _icons() -> tuple[bytes, dict[int, bytes]]:
    """Return the icon as SVG and drawn as PNG. Needs no display."""
    if "DISPLAY" not in os.environ and "WAYLAND_DISPLAY" not in os.environ:
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from PySide6.QtGui import QGuiApplication

    from companion.ui.icons import app_icon_file, app_icon_png

    application = QGuiApplication.instance() or QGuiApplication(["companion"])
    pictures = {side: app_icon_png(side) for side in ICON_SIDES}
    del application
    return Path(app_icon_file()).read_bytes(), pictures
