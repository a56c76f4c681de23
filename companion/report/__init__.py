"""The review of a benchmark run as one HTML page: figures in, page out. Pure; any thread."""
