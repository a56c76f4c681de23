"""The two rings against plain lists, and the interleavings that no list can show."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from companion.engine.audio.ring import CaptureRing, PlaybackRing

CAPACITY = 16
FADE = 4


def numbered(start: int, count: int, channels: int = 1) -> np.ndarray:
    """Frames whose first sample is their own number plus one, and whose others are its negative."""
    first = np.arange(start + 1, start + count + 1, dtype=np.float32)
    return np.stack([first, *([-first] * (channels - 1))], axis=1)


class TestCaptureRing:
    @given(
        sizes=st.lists(st.integers(0, CAPACITY), max_size=12),
        position=st.integers(0, 200),
        channels=st.integers(1, 2),
    )
    def test_returns_the_newest_frames_and_counts_the_lost(
        self, sizes: list[int], position: int, channels: int
    ) -> None:
        ring = CaptureRing(CAPACITY, channels)
        total = 0
        for size in sizes:
            ring.write(numbered(total, size, channels))
            total += size
        frames, lost = ring.read(position)
        first_kept = min(max(position, total - CAPACITY, 0), total)
        assert lost == first_kept - min(position, total)
        np.testing.assert_array_equal(frames, numbered(first_kept, total - first_kept, channels))
        assert ring.written == total

    @given(steps=st.lists(st.tuples(st.integers(0, CAPACITY), st.booleans()), max_size=30))
    def test_a_reader_that_keeps_up_hears_everything_once(self, steps: list[tuple[int, bool]]) -> None:
        ring = CaptureRing(CAPACITY)
        total = position = lost_altogether = 0
        heard: list[float] = []
        for size, reads in steps:
            ring.write(numbered(total, size))
            total += size
            if reads:
                frames, lost = ring.read(position)
                position += lost + len(frames)
                lost_altogether += lost
                heard += frames[:, 0].tolist()
        assert len(heard) + lost_altogether == position
        assert heard == sorted(set(heard))

    def test_what_it_returns_is_a_copy(self) -> None:
        ring = CaptureRing(CAPACITY)
        ring.write(numbered(0, CAPACITY))
        frames, _ = ring.read(0)
        ring.write(numbered(100, CAPACITY))
        np.testing.assert_array_equal(frames, numbered(0, CAPACITY))

    def test_frames_overwritten_during_the_copy_are_reported_lost(self, monkeypatch: pytest.MonkeyPatch) -> None:
        ring = CaptureRing(CAPACITY)
        ring.write(numbered(0, CAPACITY))
        copy = np.concatenate

        def interrupted_copy(parts: tuple[np.ndarray, ...]) -> np.ndarray:
            ring.write(numbered(CAPACITY, 5))
            return copy(parts)

        monkeypatch.setattr(np, "concatenate", interrupted_copy)
        frames, lost = ring.read(0)
        assert lost == 5
        np.testing.assert_array_equal(frames, numbered(5, CAPACITY - 5))

    def test_a_block_still_being_written_spoils_what_it_overwrites(self, monkeypatch: pytest.MonkeyPatch) -> None:
        ring = CaptureRing(CAPACITY)
        ring.write(numbered(0, CAPACITY))
        seen: list[tuple[np.ndarray, int]] = []
        copyto = np.copyto

        def copy_then_read(target: np.ndarray, source: np.ndarray) -> None:
            copyto(target, source)
            seen.append(ring.read(0))

        monkeypatch.setattr(np, "copyto", copy_then_read)
        ring.write(numbered(CAPACITY, 6))
        frames, lost = seen[0]
        assert lost == 6
        np.testing.assert_array_equal(frames, numbered(6, CAPACITY - 6))


class PlaybackAgainstAList(RuleBasedStateMachine):
    """Writes, renders and flushes in any order; the model is a list of numbers and a few flags."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 0.0
        self.ring = PlaybackRing(CAPACITY, FADE, clock=lambda: self.now)
        self.queue: list[float] = []
        self.written = self.handed = self.underruns = 0
        self.flushing = 0
        self.wet = self.expecting = False
        self.handed_out: dict[int, tuple[float, int]] = {}

    @rule(count=st.integers(0, 2 * CAPACITY))
    def write(self, count: int) -> None:
        room = self.ring.room()
        assert room == CAPACITY - len(self.queue)
        fitted = self.ring.write(numbered(self.written, count)[:, 0])
        assert fitted == min(count, room)
        self.queue += numbered(self.written, fitted)[:, 0].tolist()
        self.written += fitted

    @rule(more=st.booleans())
    def expect_more(self, more: bool) -> None:
        self.ring.expect_more(more)
        self.expecting = more

    @rule()
    def flush(self) -> None:
        played = self.written - len(self.queue) + self.flushing
        assert self.ring.flush() == played
        self.flushing = len(self.queue)

    @rule(count=st.integers(1, CAPACITY))
    def render(self, count: int) -> None:
        self.now += 1
        out = np.full(count, np.nan, np.float32)
        self.ring.render(out)
        expected: list[float] = []
        if self.flushing:
            faded = min(count, FADE, self.flushing) if self.wet else 0
            ramp = 0.5 + 0.5 * np.cos(np.pi * np.arange(FADE - faded + 1, FADE + 1) / FADE)
            expected = [x * r for x, r in zip(self.queue[:faded], ramp, strict=True)]
            self.note(faded, 0)
            self.drop(self.flushing)
            self.flushing = 0
            self.wet = False
        before = len(expected)
        taken = min(count - before, len(self.queue))
        expected += self.queue[:taken]
        self.note(taken, before)
        self.drop(taken)
        if len(expected) < count:
            self.underruns += self.wet and self.expecting
            self.wet = False
        elif taken:
            self.wet = True
        np.testing.assert_allclose(out, expected + [0.0] * (count - len(expected)), atol=1e-4)

    def note(self, count: int, index: int) -> None:
        for k in range(count):
            self.handed_out[self.handed + k] = (self.now, index + k)

    def drop(self, count: int) -> None:
        del self.queue[:count]
        self.handed += count

    @precondition(lambda self: self.written > 0)
    @rule(data=st.data())
    def ask_when(self, data: st.DataObject) -> None:
        frame = data.draw(st.integers(max(0, self.handed - 40), self.written + 2))
        assert self.ring.handed_out(frame) == self.handed_out.get(frame)

    @invariant()
    def counters(self) -> None:
        assert self.ring.written == self.written
        assert self.ring.played == self.handed + self.flushing
        assert self.ring.underruns == self.underruns
        assert self.ring.sounding == self.wet


PlaybackAgainstAList.TestCase.settings = settings(max_examples=100, stateful_step_count=40)
TestPlaybackRing = PlaybackAgainstAList.TestCase


def test_a_flush_ends_at_zero_and_what_follows_is_whole() -> None:
    ring = PlaybackRing(4096, 100)
    ring.write(np.ones(1000, np.float32))
    block = np.empty(256, np.float32)
    ring.render(block)
    assert ring.flush() == 256
    assert ring.played == ring.written == 1000
    ring.write(np.full(600, 0.5, np.float32))
    ring.render(block)
    assert block[99] == 0
    assert np.abs(np.diff(block[:100])).max() < 0.02
    assert (block[100:] == 0.5).all()


def test_an_underrun_is_counted_once_for_each_dry_spell() -> None:
    ring = PlaybackRing(4096, 100)
    ring.expect_more(True)
    block = np.empty(256, np.float32)
    ring.render(block)
    assert ring.underruns == 0, "nothing has sounded yet"
    for _ in range(2):
        ring.write(np.ones(300, np.float32))
        for _ in range(4):
            ring.render(block)
    assert ring.underruns == 2


def test_a_reply_that_ends_as_announced_is_no_underrun() -> None:
    ring = PlaybackRing(4096, 100)
    ring.expect_more(True)
    ring.write(np.ones(300, np.float32))
    block = np.empty(256, np.float32)
    ring.render(block)
    ring.expect_more(False)
    ring.render(block)
    assert ring.underruns == 0
    assert ring.played == 300
