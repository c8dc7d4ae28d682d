"""Who does something: the name that the audit keeps beside what was done."""

from __future__ import annotations

import getpass
import os

from offcall.core.errors import UserError

__all__ = ["VARIABLE", "account", "named", "person"]

VARIABLE = "OFFCALL_USER"
"""The environment variable that names the person where the operating system cannot."""


def named(by: str | None) -> str | None:
    """The name in `by`, else in OFFCALL_USER; None when neither says one.

    Raises:
        UserError: `by` is there and blank.
    """
    if by is not None and not by.strip():
        raise UserError("this names nobody", value=repr(by), expected="--by NAME")
    return (by or os.environ.get(VARIABLE, "")).strip() or None


def person(by: str | None = None) -> str:
    """The person who does this: `by`, else OFFCALL_USER, else the operating system's user.

    Raises:
        UserError: none of them is a person. Root and a user id without a name are whoever starts
            a container.
    """
    if name := named(by):
        return name
    user = _user()
    if user is None or user == "root" or _is_root():
        raise UserError(
            "the audit keeps who does this, and nobody is named",
            value=user or "a user id without a name",
            expected=f"--by NAME, or {VARIABLE}=NAME in the environment",
        )
    return user


def account() -> str:
    """Who a service runs as, which nobody does by hand: OFFCALL_USER, else the system's user."""
    return named(None) or _user() or "unknown"


def _user() -> str | None:
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        # A user id without a name, as containers have.
        return None


def _is_root() -> bool:
    return hasattr(os, "geteuid") and os.geteuid() == 0
