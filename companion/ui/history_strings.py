"""Every sentence and word of the kept conversations in the window. Any thread; no state.

Shown through `companion.ui.translation.tr`, which fills the `{names}`.
"""

CONVERSATIONS = "Conversations"
SHOW_CONVERSATIONS = "Show the conversations"
HIDE_CONVERSATIONS = "Hide the conversations"
MORE = "More"

SEARCH = "Search conversations"
CLEAR_SEARCH = "Clear the search"
FOUND_NOTHING = "Nothing found for “{typed}”"
NOTHING_YET = "Conversations you have appear here."
NOT_KEPT = "Conversations are not being kept."
COULD_NOT_OPEN = "This conversation could not be opened."

PINNED = "Pinned"
TODAY = "Today"
YESTERDAY = "Yesterday"
THIS_MONTH = "Earlier this month"
MONTH = "{month} {year}"
UNTITLED = "Untitled"

OPEN = "Open"
RENAME = "Rename"
PIN = "Pin"
UNPIN = "Unpin"
EXPORT = "Export…"
DELETE = "Delete"
IMPORT = "Import…"
EXPORT_ALL = "Export all…"
DELETE_ALL = "Delete all…"

DELETED_ONE = "Conversation deleted."
DELETED_MANY = "{count} conversations deleted."
UNDO = "Undo"

DELETE_ALL_TITLE = "Delete all conversations?"
DELETE_ALL_BODY = "Every conversation on this computer is deleted, the pinned ones as well."

YOU = "You"
COMPANION = "Companion"
STOPPED = "stopped"

ACCESSIBLE_CURRENT = "{title}, shown now, {date}"
ACCESSIBLE_ROW = "{title}, {date}"
ACCESSIBLE_HIT = "{title}, {date}: {snippet}"

EXPORT_NAME = "companion-conversations"
MARKDOWN_FILES = "Markdown, to read (*.md)"
JSON_FILES = "JSON, to import again (*.json)"
IMPORT_FILES = "Conversations of Companion or ChatGPT (*.json *.zip)"
ALL_FILES = "All files (*)"
EXPORTED = "Written to {file}."
NOTHING_READ = "The conversations could not be read."
IMPORTING = "Reading {file}…"
IMPORTED = "Imported: {added}. Here before: {already}."
IMPORTED_SKIPPED = "Imported: {added}. Here before: {already}. Left out, as they made no sense: {skipped}."
