"""A list of sound devices that a test plugs in and out."""

from companion.ui.device_list import DeviceList


class FakeDevices(DeviceList):
    """Looks at nothing; counts who wants it to look."""

    def __init__(self) -> None:
        super().__init__()
        self.users = 0

    def start(self) -> None:
        """Count."""
        self.users += 1

    def stop(self) -> None:
        """Count."""
        self.users -= 1

    def plug(self, microphones: tuple[str, ...], speakers: tuple[str, ...] = ()) -> None:
        """Have exactly these from now on."""
        self.microphones, self.speakers = microphones, speakers
        self.changed.emit()
