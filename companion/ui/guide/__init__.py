"""The first-run guide: one module a step. GUI thread."""
