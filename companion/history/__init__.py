"""Conversations on disk: kept at every turn, found again, exported and imported. No Qt; SQLite only.

`HistoryStore` is one connection and belongs to one thread; `HistoryWriter` is that thread.
"""
