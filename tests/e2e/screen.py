"""The windows on the private screen, and what a window manager does to them."""

from Xlib import X
from Xlib.display import Display
from Xlib.error import XError
from Xlib.protocol.event import ClientMessage

from tests.e2e.virtual_desktop import VirtualDesktop


class Screen:
    """What is on the private screen."""

    def __init__(self, desktop: VirtualDesktop) -> None:
        self._desktop = desktop
        self._display = Display(desktop.env["DISPLAY"])

    def close(self) -> None:
        """Close the connection."""
        self._display.close()

    def windows(self) -> dict[int, tuple[int, int]]:
        """Return the program's visible windows and their sizes."""
        found = {}
        for window in self._display.screen().root.query_tree().children:
            try:
                if window.get_attributes().map_state == X.IsViewable and (window.get_wm_name() or "").strip():
                    size = window.get_geometry()
                    if size.width > 1:
                        found[window.id] = (size.width, size.height)
            except XError:  # closed since it was listed
                continue
        return found

    def main(self) -> int | None:
        """Return the main window, if it is on the screen."""
        return next((window for window, (_, height) in self.windows().items() if height >= 400), None)

    def orb(self) -> int | None:
        """Return the orb, if it is on the screen."""
        return next((window for window, (_, height) in self.windows().items() if height < 400), None)

    def focused(self) -> int:
        """Return the window that has the keyboard."""
        focus = self._display.get_input_focus().focus
        return int(getattr(focus, "id", focus))

    def give_focus(self, window: int) -> None:
        """Give a window the keyboard, as a click of the user would."""
        self._desktop.xdotool("windowfocus", "--sync", str(window))

    def other_window(self) -> int:
        """Open a window of another program, and give it the keyboard."""
        root = self._display.screen().root
        window = root.create_window(0, 0, 300, 500, 0, self._display.screen().root_depth)
        window.map()
        self._display.sync()
        self.give_focus(window.id)
        return int(window.id)

    def ask_to_close(self, window: int) -> None:
        """Do what the cross in a title bar does."""
        target = self._display.create_resource_object("window", window)
        atom = self._display.intern_atom
        data = (32, [atom("WM_DELETE_WINDOW"), X.CurrentTime, 0, 0, 0])
        target.send_event(ClientMessage(window=target, client_type=atom("WM_PROTOCOLS"), data=data))
        self._display.sync()
