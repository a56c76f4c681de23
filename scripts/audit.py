"""Looks for known vulnerabilities in the pinned packages, with pip-audit.

    python -m scripts.audit

Exit code 1 if a package has one. Where nothing can be looked up (no network, or a package index that keeps no
advisories) it says so and exits 0: that is no finding, and no clean bill either.
"""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
PINS = ROOT / "requirements" / "run.txt"
LIMIT_S = 300
COMMAND = [
    *(str(Path(sys.executable).with_name("uv")), "tool", "run", "--quiet", "pip-audit"),
    *("--disable-pip", "--require-hashes", "--format", "json", "-r", str(PINS)),
]


def judged(report: dict[str, Any]) -> tuple[int, list[str]]:
    """Return the exit code and the lines for pip-audit's report."""
    packages = report["dependencies"]
    lines = [
        f"{one['name']} {one['version']}: {found['id']}, mended in {', '.join(found['fix_versions']) or 'none yet'}"
        for one in packages
        for found in one.get("vulns", ())
    ]
    known = sum("vulns" in one for one in packages)
    if lines:
        return 1, lines
    if not known:
        return 0, ["Skipped: this package index keeps no advisories, so none of the packages could be looked up."]
    unknown = [one["name"] for one in packages if "vulns" not in one]
    rest = f" Not looked up: {', '.join(unknown)}." if unknown else ""
    return 0, [f"No known vulnerability in {known} packages.{rest}"]


def main() -> int:
    """Run pip-audit and say what it found."""
    try:
        done = subprocess.run(COMMAND, capture_output=True, text=True, timeout=LIMIT_S, check=False)
        report = json.loads(done.stdout)
    except (OSError, subprocess.TimeoutExpired, ValueError) as error:
        print(f"Skipped: pip-audit could not be run here ({type(error).__name__}).")
        return 0
    code, lines = judged(report)
    print("\n".join(lines))
    return code


if __name__ == "__main__":
    raise SystemExit(main())
