#!/usr/bin/env python3
"""Fetch models into this checkout: `python scripts/download_models.py [SET_OR_MODEL...] [--language fr]`.

Without arguments the starter set. Only runs `companion.downloads`, the one module that may use the network, as a child
process; needs Companion's Python dependencies but not Companion installed. What is verified already costs nothing.
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from companion.fetch import run_download

if __name__ == "__main__":
    sys.exit(run_download(*sys.argv[1:]))
