"""A small window never leaves the screens."""

from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, QRect, QSize

from companion.ui.on_screen import kept_inside, nearest_area

coordinates = st.integers(-10_000, 10_000)
points = st.builds(QPoint, coordinates, coordinates)
areas = st.builds(QRect, coordinates, coordinates, st.integers(200, 4000), st.integers(200, 4000))
SIZE = QSize(124, 124)


@given(points, areas)
def test_it_lies_wholly_inside(corner: QPoint, area: QRect) -> None:
    assert area.contains(QRect(kept_inside(corner, SIZE, area), SIZE))


@given(points, areas)
def test_what_lies_inside_stays_where_it_is(corner: QPoint, area: QRect) -> None:
    place = kept_inside(corner, SIZE, area)
    assert kept_inside(place, SIZE, area) == place


def test_a_window_larger_than_the_screen_shows_its_beginning() -> None:
    assert kept_inside(QPoint(50, 50), QSize(900, 900), QRect(10, 20, 300, 300)) == QPoint(10, 20)


@given(points, st.lists(areas, min_size=1, max_size=4))
def test_a_point_on_a_screen_belongs_to_it(point: QPoint, screens: list[QRect]) -> None:
    chosen = screens[nearest_area(point, screens)]
    assert chosen.contains(point) or not any(screen.contains(point) for screen in screens)
