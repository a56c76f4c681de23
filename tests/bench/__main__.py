"""`python -m tests.bench`: what `make bench` runs. `--help` lists the options; `results.py` describes the files."""

import sys

from companion.engine.threads import prepare_environment

if __name__ == "__main__":
    prepare_environment()  # before anything imports NumPy or a native library
    from tests.bench.run import main

    sys.exit(main())
