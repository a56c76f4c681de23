"""Companion: a local-first desktop voice companion."""

__version__ = "0.1.0"
