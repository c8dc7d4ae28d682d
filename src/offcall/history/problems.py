"""What a database driver's errors mean to a person."""

from __future__ import annotations

import sqlite3

from sqlalchemy.exc import DBAPIError

from offcall.core.errors import StoreError

__all__ = ["BusyError", "crowded", "readable"]


class BusyError(StoreError):
    """Two transactions were in each other's way; a second try may succeed."""


_SQLITE = {
    "SQLITE_BUSY": (
        "is locked by another program that has been writing to it for long",
        "wait for the other offcall to end, or find it with `fuser`",
    ),
    "SQLITE_LOCKED": ("is locked by another program", "wait for the other offcall to end"),
    "SQLITE_FULL": (
        "cannot grow: the disk is full",
        "free some space; nothing that was stored is lost",
    ),
    "SQLITE_READONLY": (
        "is read-only",
        "give this user the right to write the file and its folder",
    ),
    "SQLITE_CORRUPT": (
        "is damaged",
        "restore it from a backup, or `sqlite3 FILE .recover`; move it away to begin anew",
    ),
    "SQLITE_NOTADB": ("is not a SQLite database", "name another file, or move this one away"),
    "SQLITE_CANTOPEN": ("cannot be opened", "check that the folder exists and may be written"),
    "SQLITE_IOERR": ("could not be read or written by the disk", "check the disk"),
}

_POSTGRES = {
    "08": ("cannot be reached", "check the server and the URL"),
    "28": ("does not let us in", "check user and password in the URL"),
    "3D": ("does not exist", "create the database, or correct its name in the URL"),
    "42501": ("does not give this user the right", "grant the user its rights on the schema"),
    "53": ("has run out of disk, memory or connections", "see the server's log"),
    "55P03": ("is locked by another transaction", "wait for it to end"),
    "57": ("was interrupted or is shutting down", "try again"),
    "25006": ("is read-only (a standby?)", "name the primary in the URL"),
    "40": ("was busy with the same rows", "try again"),
}


def readable(error: DBAPIError, url: str) -> StoreError:
    """The same problem as a StoreError that says what is wrong and what to do."""
    original = error.orig
    text = str(original).strip().splitlines()[0] if original and str(original).strip() else ""
    if isinstance(original, sqlite3.Error):
        code = getattr(original, "sqlite_errorname", "") or ""
        for prefix, (what, hint) in _SQLITE.items():
            if code.startswith(prefix):
                return StoreError(f"the history {url} {what} ({text})", hint=hint)
        return StoreError(f"the history {url} gave an error: {text}")
    state = getattr(original, "sqlstate", None) or _state_of(text)
    for prefix in sorted(_POSTGRES, key=len, reverse=True):
        if state.startswith(prefix):
            what, hint = _POSTGRES[prefix]
            return (BusyError if prefix == "40" else StoreError)(
                f"the history {url} {what} ({text})", hint=hint
            )
    return StoreError(f"the history {url} gave an error: {text}")


def crowded(url: str) -> StoreError:
    """All connections of this program were in use for too long."""
    return StoreError(
        f"the history {url} is busy: every connection of this program is in use",
        hint="try again, or let fewer things run at once in one program",
    )


def _state_of(text: str) -> str:
    """The SQLSTATE of a refused connection, which libpq tells only in words."""
    if "FATAL" not in text:
        return "08" if "connect" in text.lower() else ""
    if "database" in text and "does not exist" in text:
        return "3D"
    if any(word in text for word in ("role", "password", "pg_hba.conf", "authentication")):
        return "28"
    return "08"
