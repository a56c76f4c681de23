"""Where a small window may lie: pure geometry of screens, in logical pixels. Any thread."""

from collections.abc import Sequence

from PySide6.QtCore import QPoint, QRect, QSize


def kept_inside(corner: QPoint, size: QSize, area: QRect) -> QPoint:
    """Return the place nearest to `corner` at which a window of this size lies wholly in `area`.

    One that is larger than the area begins at the area's own corner.
    """
    x = max(area.left(), min(corner.x(), area.left() + area.width() - size.width()))
    y = max(area.top(), min(corner.y(), area.top() + area.height() - size.height()))
    return QPoint(x, y)


def nearest_area(point: QPoint, areas: Sequence[QRect]) -> int:
    """Return the index of the area that `point` lies in, or else of the nearest; there is at least one."""

    def distance(area: QRect) -> int:
        inside = kept_inside(point, QSize(1, 1), area)
        return (point.x() - inside.x()) ** 2 + (point.y() - inside.y()) ** 2

    return min(range(len(areas)), key=lambda index: distance(areas[index]))
