"""The pages of the settings window, one module a page. GUI thread."""
