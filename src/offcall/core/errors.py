"""What can go wrong, in one hierarchy, each with the exit code that it gives.

    OffcallError                     2
      UserError                      2   what was typed or written is wrong, with the place
        EstateError                  2   the estate file
        SnapshotError                2   a saved snapshot that cannot be judged
        WindowError                  2   a time or time window that cannot be understood
      SourceError                    2   a system that we read is away or answers nonsense
        AccessDenied                 2   it is there, but we lack the rights
      StoreError                     2   our own history is locked, full, corrupt or too new
      MissingExtra                   2   an optional dependency is not installed

A surface shows `str(error)`: everything that a person needs, on a few lines, never a traceback.
Exit code 1 is kept for "findings at or above --fail-on"; 0 for "all well".
"""

from __future__ import annotations

__all__ = [
    "AccessDenied",
    "EstateError",
    "MissingExtra",
    "OffcallError",
    "SnapshotError",
    "SourceError",
    "StoreError",
    "UserError",
    "WindowError",
]


class OffcallError(Exception):
    """Base of every error that offcall shows to people.

    Args:
        message: what happened, one sentence.
        hint: what to do about it, one sentence, if we know.
    """

    exit_code = 2

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return "\n".join(self.lines())

    def lines(self) -> list[str]:
        """The message and what belongs to it, one line each."""
        return [self.message, *([self.hint] if self.hint else [])]


class UserError(OffcallError):
    """Input that cannot be used, with the place where it stands.

    Args:
        message: what is wrong.
        file: where it was read from ("-" for standard input), if from a file.
        line: 1-based line in that file.
        value: the offending value, as it was written; never a secret.
        expected: what would have been right.
        hint: what to do, for example "did you mean 'owners'?".
    """

    def __init__(
        self,
        message: str,
        *,
        file: str | None = None,
        line: int | None = None,
        value: object = None,
        expected: str | None = None,
        hint: str | None = None,
    ) -> None:
        super().__init__(message, hint=hint)
        self.file = file
        self.line = line
        self.value = value
        self.expected = expected

    def lines(self) -> list[str]:
        place = ""
        if self.file is not None:
            place = self.file + (f":{self.line}" if self.line is not None else "") + ": "
        lines = [f"{place}{self.message}"]
        if self.value is not None:
            shown = self.value if isinstance(self.value, str) else repr(self.value)
            if len(shown) > 120:
                shown = shown[:117] + "..."
            lines.append(f"  found:    {shown}")
        if self.expected is not None:
            lines.append(f"  expected: {self.expected}")
        if self.hint is not None:
            lines.append(f"  {self.hint}")
        return lines


class EstateError(UserError):
    """The estate file cannot be used."""


class SnapshotError(UserError):
    """A saved snapshot cannot be read, or is not of the kind asked for."""


class WindowError(UserError):
    """A time or a time window that cannot be understood."""


class SourceError(OffcallError):
    """A system that we read is away, refuses us, or answers nonsense."""


class AccessDenied(SourceError):  # noqa: N818 - it reads as the condition
    """The system is there, but our credentials may not do this."""


class StoreError(OffcallError):
    """The history database is locked, full, corrupt, or of a newer version."""


class MissingExtra(OffcallError):  # noqa: N818 - it reads as the condition
    """An optional dependency is not installed.

    Args:
        module: the Python package that is missing.
        extra: the extra of offcall that brings it.
    """

    def __init__(self, module: str, extra: str) -> None:
        super().__init__(
            f"this needs the Python package '{module}', which is not installed",
            hint=f"pip install 'offcall[{extra}]'",
        )
        self.module = module
