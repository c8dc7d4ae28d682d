"""The last resort of every surface: an exception that nobody expected, as one readable line."""

from __future__ import annotations

__all__ = ["describe_bug"]


def describe_bug(error: BaseException) -> str:
    """What to tell a person about a bug of ours: one line, and the file with the traceback."""
    # Here, since `offcall --help` imports this module and must be quick.
    import tempfile
    import traceback

    with tempfile.NamedTemporaryFile(
        "w", prefix="offcall-", suffix=".trace", delete=False, encoding="utf-8"
    ) as file:
        file.write("".join(traceback.format_exception(error)))
    return f"this is a bug in offcall: {type(error).__name__}: {error}\n  details: {file.name}"
