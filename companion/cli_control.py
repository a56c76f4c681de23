"""`companion press`, `release` and `toggle`: drive a running window from a script or a desktop shortcut."""

import argparse
import sys

from companion.control import NO_ANSWER, NOT_RUNNING, send

EXIT_REFUSED = 1
EXIT_NOT_RUNNING = 3
EXIT_NO_ANSWER = 4

_HELP = {
    "press": "begin to talk, as if the hotkey went down",
    "release": "end the turn, as if the hotkey came up",
    "toggle": "begin to talk, or end the turn if talking",
}


def add_parsers(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add one parser for each command; its `run` carries it out."""
    for name, text in _HELP.items():
        parser = subparsers.add_parser(name, help=text, description=f"Tell the running Companion to {text}.")
        parser.set_defaults(run=run, command=name)


def run(args: argparse.Namespace) -> int:
    """Send `args.command` to the running window and return the exit status."""
    return run_command(args.command)


def run_command(command: str) -> int:
    """Send `command` to the running window and return the exit status; says on stderr what went wrong."""
    reply = send(command)
    if reply.ok:
        return 0
    print(f"companion: {reply.message}", file=sys.stderr)
    return {NOT_RUNNING: EXIT_NOT_RUNNING, NO_ANSWER: EXIT_NO_ANSWER}.get(reply.code, EXIT_REFUSED)
