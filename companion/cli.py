"""The command line. Each command lives in its own module and is imported only when it is called. Thread: main."""

import argparse
import logging
import os
import sys
from collections.abc import Sequence

import companion
from companion.engine.audio.patience import portaudio_stuck
from companion.engine.errors import CompanionError
from companion.engine.threads import prepare_environment
from companion.invocation import spelled_out

_COMMANDS = ("ask", "bench", "desktop", "doctor", "models", "press", "release", "report", "toggle")


def main(argv: Sequence[str] | None = None) -> int:
    """Run `companion`; returns the exit code."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    try:
        return _leave(_run(arguments))
    except CompanionError as error:
        print(f"companion: {spelled_out(str(error))}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        # The reader (`head`, a pager) has seen enough; what Python still flushes at its end goes nowhere.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 141


def _leave(code: int) -> int:
    """Return the exit code, or end here where a call into the sound system hangs.

    At the end of the process PortAudio would wait for it, or crash in what it still holds. All else is closed already.
    """
    if portaudio_stuck():
        logging.shutdown()
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)
    return code


def _run(arguments: list[str]) -> int:
    command = arguments[0] if arguments and arguments[0] in _COMMANDS else None
    if command in ("press", "release", "toggle") and len(arguments) == 1:
        # Bound to a desktop shortcut: nothing slow is imported.
        from companion import cli_control

        return cli_control.run_command(command)
    # Before anything imports NumPy: its BLAS would start a thread that spins on a second core after every product.
    prepare_environment()
    parser = argparse.ArgumentParser(
        prog="companion",
        description="A local-first voice companion: hold a key, speak, let go, and the answer is already in your ear.",
        epilog="Without a command, the window opens.",
    )
    parser.add_argument("--version", action="version", version=f"companion {companion.__version__}")
    parser.add_argument("--hidden", action="store_true", help="start into the tray, without a window")
    parser.add_argument("-v", "--verbose", action="store_true", help="write more to the log")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")
    _add_parsers(commands, command, arguments)
    args = parser.parse_args(arguments)
    return int(args.run(args)) if args.command else _open_window(verbose=args.verbose, hidden=args.hidden)


def _add_parsers(
    commands: "argparse._SubParsersAction[argparse.ArgumentParser]", command: str | None, arguments: list[str]
) -> None:
    """Describe the called command; all of them if help or a wrong name was asked for."""
    everything = command is None and bool(arguments)
    if everything or command in ("press", "release", "toggle"):
        from companion import cli_control

        cli_control.add_parsers(commands)
    if everything or command == "models":
        from companion import cli_models

        cli_models.add_parser(commands)
    if everything or command == "ask":
        from companion import ask

        ask.add_parser(commands)
    if everything or command == "bench":
        from companion import bench

        bench.add_parser(commands)
    if everything or command == "desktop":
        from companion import cli_desktop

        cli_desktop.add_parser(commands)
    if everything or command == "report":
        from companion import cli_report

        cli_report.add_parser(commands)
    if everything or command == "doctor":
        from companion import doctor

        doctor.add_parser(commands)


def _open_window(*, verbose: bool, hidden: bool) -> int:
    from companion.app import run

    return run(verbose=verbose, hidden=hidden)
