"""`companion report`: a problem report to look at and to send, without a word that was said. Thread: main."""

import argparse
import json
from datetime import datetime
from pathlib import Path

from companion import doctor
from companion.compose import prepare_process
from companion.download_report import megabytes
from companion.problem_report import LOOK, NO_WORDS, make_report, write_report


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Describe the command's arguments."""
    parser = commands.add_parser("report", help="write a problem report; it holds no word that was said")
    parser.add_argument("file", nargs="?", type=Path, help="the archive (default: companion-report-DATE.zip here)")
    parser.add_argument("--json", action="store_true", help="print one JSON object a file instead of text")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Write the report and say what is in it."""
    path = args.file or Path(f"companion-report-{datetime.now():%Y%m%d-%H%M%S}.zip")
    loaded = prepare_process()
    parts = make_report(loaded, doctor.report_lines(loaded))
    write_report(path, parts)
    for part in parts:
        if args.json:
            print(json.dumps({"name": part.name, "size": part.size}))
        else:
            print(f"{part.name:<26}{megabytes(part.size):>8}  {part.sentence}")
    if not args.json:
        print(f"\n{NO_WORDS}\n{LOOK}\n\n{path}")
    return 0
