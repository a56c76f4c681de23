"""The window and the keys: everything that runs on the GUI thread."""
