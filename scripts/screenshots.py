"""Draws every window in each of its states from scripted events: no engine, no models.

    python -m scripts.screenshots [FOLDER] [--all]

Without --all only those of `DOCUMENTED` are kept. Each scale needs a process of its own, because Qt reads
QT_SCALE_FACTOR once. Runs without a display on Qt's offscreen platform. What there is to draw is `scripts.gallery`.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QLocale, QSize
from PySide6.QtGui import QFont, QFontDatabase, QImage, QImageWriter
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from companion.ui import translation
from companion.ui.theme import Contrast, Scheme, Theme
from scripts.gallery import VIEWS
from scripts.stage import Stage

DOCUMENTED = {f"{view}-{scheme}-1x" for view in VIEWS for scheme in ("light", "dark")} | {
    "conversation-light-2x",
    "conversation-dark-2x",
    "conversation-light-high-1x",
    "conversation-dark-high-1x",
    "conversation-light-french-1x",
    "conversation-light-large-1x",
    "guide-5-models-dark-2x",
    "history-light-2x",
    "turn-light-2x",
    "turn-dark-2x",
    "turn-slow-light-2x",
    "turn-whole-light-2x",
    "statistics-light-2x",
    "statistics-dark-2x",
}
"""The pictures that are kept, as states-NAME.png: every view in both schemes, the other ways to look once each. The
README's `window.png` is a real run and is not drawn here."""

FONTS = ("Adwaita Sans", "Inter", "Cantarell", "Ubuntu Sans", "Noto Sans", "DejaVu Sans")
"""What desktops use by default; the first one installed is taken, since a bare display has no setting for it."""

_COLORS = 256


@dataclass(frozen=True, kw_only=True)
class Variant:
    """One way to look."""

    scheme: Scheme = Scheme.LIGHT
    contrast: Contrast = Contrast.NORMAL
    text_scale: float = 1.0
    french: bool = False
    size: QSize | None = None
    views: tuple[str, ...] = tuple(VIEWS)


VARIANTS = {
    "light": Variant(),
    "dark": Variant(scheme=Scheme.DARK),
    "light-high": Variant(contrast=Contrast.HIGH),
    "dark-high": Variant(scheme=Scheme.DARK, contrast=Contrast.HIGH),
    "light-large": Variant(text_scale=2.0),
    "light-french": Variant(french=True),
    "light-wide": Variant(size=QSize(1200, 800), views=("conversation", "turn", "statistics")),
    "light-narrow": Variant(size=QSize(100, 100), views=("problem", "turn", "statistics")),
}


def _draw(folder: Path, name: str, kind: str, scale: str) -> None:
    variant = VARIANTS[kind]
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    theme = Theme(
        app,
        scheme=variant.scheme,
        contrast=variant.contrast,
        text_scale=variant.text_scale,
        reduce_motion=True,
    )
    with tempfile.TemporaryDirectory() as data:
        stage = Stage(theme, Path(data))
        window = VIEWS[name](stage)
        if variant.size is not None:
            window.resize(variant.size)
        for _ in range(6):  # layouts, deferred repaints and the levels of animations arrive where they go
            QTest.qWait(40)
            window.repaint()
        save(window.grab().toImage(), folder / f"{name}-{kind}-{scale}x.png")
        window.hide()
        window.deleteLater()
        stage.close()
    theme.deleteLater()


def save(image: QImage, path: Path) -> None:
    """Write a small PNG: the 256 most frequent colours, and each other one as the nearest of them."""
    image = image.convertToFormat(QImage.Format.Format_RGB32)
    width, height = image.width(), image.height()
    pixels = np.frombuffer(image.constBits(), np.uint32).reshape(height, image.bytesPerLine() // 4)[:, :width]
    colors, places, counts = np.unique(pixels & 0xFFFFFF, return_inverse=True, return_counts=True)
    kept = colors[np.argsort(counts)[::-1][:_COLORS]]

    wanted, offered = _channels(colors), _channels(kept)
    nearest = np.array([np.argmin(((offered - color) ** 2).sum(axis=1)) for color in wanted], np.uint8)
    indexed = QImage(width, height, QImage.Format.Format_Indexed8)
    indexed.setColorTable([int(color) | 0xFF000000 for color in kept])
    rows = np.frombuffer(indexed.bits(), np.uint8).reshape(height, indexed.bytesPerLine())
    rows[:, :width] = nearest[places.reshape(height, width)]
    writer = QImageWriter(str(path), b"png")
    writer.setQuality(0)  # for PNG: the most compression
    if not writer.write(indexed):
        raise OSError(f"{path}: {writer.errorString()}")


def _channels(colors: NDArray[np.uint32]) -> NDArray[np.int32]:
    return np.stack([colors >> 16, (colors >> 8) & 0xFF, colors & 0xFF], axis=1).astype(np.int32)


def _child(folder: Path, scale: str, *, everything: bool) -> None:
    # Commands are named as where the program is installed, not with the folder of this checkout.
    os.environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"
    app = QApplication([])
    families = set(QFontDatabase.families())
    app.setFont(QFont(next(name for name in FONTS if name in families), 11))
    for kind in sorted(VARIANTS, key=lambda kind: VARIANTS[kind].french):  # a language is for good: last
        if VARIANTS[kind].french:
            translation.install(app, "fr")
        else:
            QLocale.setDefault(QLocale(QLocale.Language.English, QLocale.Country.UnitedKingdom))
        for name in VARIANTS[kind].views:
            if everything or f"{name}-{kind}-{scale}x" in DOCUMENTED:
                _draw(folder, name, kind, scale)


def _screen_file(folder: Path) -> Path:
    """Write what is to count as the screen: the offscreen platform's own, of 800 pixels, squeezes windows at 2x."""
    screen = {
        "name": "large",
        "x": 0,
        "y": 0,
        "width": 3840,
        "height": 2400,
        "logicalDpi": 96,
        "logicalBaseDpi": 96,
        "dpr": 1,
    }
    path = folder / "screen.json"
    path.write_text(json.dumps({"screens": [screen]}))
    return path


def main() -> int:
    """Draw everything and keep what was asked for."""
    parser = argparse.ArgumentParser(description="Draw the window in each state.")
    parser.add_argument("folder", nargs="?", type=Path, default=Path("docs/screenshots"))
    parser.add_argument("--all", action="store_true", help="draw every view in every way, not only what is kept")
    parser.add_argument("--scale", help=argparse.SUPPRESS)
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    if options.scale:
        _child(options.folder, options.scale, everything=options.all)
        return 0
    with tempfile.TemporaryDirectory() as drawn:
        for scale in ("1", "2"):
            platform = f"offscreen:configfile={_screen_file(Path(drawn))}"
            environment = {**os.environ, "QT_QPA_PLATFORM": platform, "QT_SCALE_FACTOR": scale}
            command = [sys.executable, "-m", "scripts.screenshots", drawn, "--scale", scale]
            subprocess.run([*command, *(["--all"] if options.all else [])], env=environment, check=True)
        for old in options.folder.glob("states-*.png"):
            old.unlink()
        for path in sorted(Path(drawn).glob("*.png")):
            (options.folder / f"states-{path.name}").write_bytes(path.read_bytes())
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
