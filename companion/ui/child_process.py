"""A module of this program in a process of its own, and the lines it writes. GUI thread; nothing here waits."""

import sys

from PySide6.QtCore import QObject, QProcess, QProcessEnvironment, Signal, Slot

from companion.fetch import download_environment

FAILED_TO_START = -1
"""The exit code of a process that never ran."""


class ChildProcess(QObject):
    """One run of one command.

    Signals:
        line(str): it wrote a line.
        ended(int): it is over, with this exit code; nothing follows. One that was killed has some code other than 0.
    """

    line = Signal(str)
    ended = Signal(int)

    def __init__(self, command: list[str], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rest = b""
        self._over = False
        self._process = QProcess(self)
        environment = QProcessEnvironment()
        for name, value in download_environment().items():
            environment.insert(name, value)
        self._process.setProcessEnvironment(environment)
        self._process.setProcessChannelMode(QProcess.ProcessChannelMode.ForwardedErrorChannel)
        self._process.readyReadStandardOutput.connect(self._on_output)
        self._process.finished.connect(self._on_finished)
        self._process.errorOccurred.connect(self._on_error)
        self._process.start(command[0], command[1:])

    def stop(self) -> None:
        """Ask it to end; where the system has no such question (Windows), end it."""
        if sys.platform == "win32":
            self._process.kill()
        else:
            self._process.terminate()

    def kill(self) -> None:
        """End it, whatever it does; `ended` follows."""
        self._process.kill()

    def finish(self, patience_ms: int) -> None:
        """Ask it to end and wait for that, then `leave`: for the end of the program, when nobody sees a window."""
        self._over = True
        self.stop()
        self._process.waitForFinished(patience_ms)
        self.leave()

    def leave(self) -> None:
        """End it and forget it: nothing is emitted any more, and this object goes by itself."""
        self._over = True
        self._process.finished.connect(self.deleteLater)
        if self._process.state() == QProcess.ProcessState.NotRunning:
            self.deleteLater()
        self._process.closeWriteChannel()
        self._process.kill()

    @Slot()
    def _on_output(self) -> None:
        *lines, self._rest = (self._rest + bytes(self._process.readAllStandardOutput().data())).split(b"\n")
        for line in lines:
            if not self._over:
                self.line.emit(line.decode("utf-8", "replace").rstrip("\r"))

    @Slot(int)
    def _on_finished(self, code: int) -> None:
        self._on_output()
        crashed = self._process.exitStatus() is not QProcess.ExitStatus.NormalExit
        self._end(code or 1 if crashed else code)

    @Slot(object)
    def _on_error(self, error: QProcess.ProcessError) -> None:
        if error is QProcess.ProcessError.FailedToStart:
            self._end(FAILED_TO_START)

    def _end(self, code: int) -> None:
        if not self._over:
            self._over = True
            self.ended.emit(code)
