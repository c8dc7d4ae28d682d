"""What must not be shown: which fields hold secrets, and how a value that may be one is shown.

class SlackChannel(EstateModel):
    token: Secret = Field(description="…")
"""

from __future__ import annotations

import re
import typing
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import BaseModel

__all__ = [
    "Hidden",
    "Secret",
    "is_reference",
    "is_secret",
    "is_secret_name",
    "shown",
    "without_password",
]

_VARIABLE = re.compile(r"\$\{[A-Za-z_][A-Za-z0-9_]*\}")
_HOSTED = frozenset({"http", "https", "smtp", "smtps", "smtp+plain"})
_NAMES = re.compile(
    r"token|secret|passw|passphrase|credential|authori[sz]ation|(?:^|_)(?:api|routing|access|"
    r"private|integration|signing)_?key|webhook|cookie|headers|(?:^|_)(?:dsn|pwd)$",
    re.IGNORECASE,
)
_USER = re.compile(r"(//[^/?#:@]*):[^/?#]*@")
# A password with a slash or a question mark in it, which should have been written as %2F or %3F.
_ODD_USER = re.compile(r"(//[^/?#:@]*):.*@")
_QUERY = re.compile(r"([?&][^=&]*(?:passw|pwd|secret|token|key)[^=&]*=)[^&]*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Hidden:
    """Marks a field whose value is never shown."""


Secret = Annotated[str, Hidden()]
"""Text that is never shown, also not in an error."""


def is_secret_name(name: str) -> bool:
    """Whether what is called so is a secret more often than not: `api_key`, `smtp-password`."""
    return bool(_NAMES.search(name.replace("-", "_")))


def is_secret(model: type[BaseModel], where: Sequence[str | int]) -> bool:
    """Whether the value at `where` below `model` is one: it is marked, or is called like one."""
    current: list[Any] = [model]
    names = [step for step in where if isinstance(step, str)]
    if names and is_secret_name(names[-1]):
        return True
    for step in names:
        fields = [
            field
            for one in _models_in(current)
            for name, field in one.model_fields.items()
            if step in (name, field.alias)
        ]
        if any(_hidden(field.metadata) or _marked(field.annotation) for field in fields):
            return True
        # Else the tag of a union or the key of a mapping: the models stay the same.
        if fields:
            current = [field.annotation for field in fields]
    return False


def is_reference(text: str) -> bool:
    """Whether the text only names a secret: `${NAME}`, `file:PATH`."""
    return text.startswith("file:") or bool(_VARIABLE.search(text))


def shown(text: str) -> str:
    """How a configured value may be shown: a reference as it is, of a URL only the host.

    The "host" of an Apprise URL is a token more often than not, so that is left out too.
    """
    if is_reference(text):
        return text
    parts = urlsplit(text)
    if parts.scheme in _HOSTED and parts.hostname:
        return f"{parts.scheme}://{parts.hostname}/…"
    return f"{parts.scheme}://…" if "://" in text else "…"


def without_password(url: str) -> str:
    """A URL of a database or a server with *** for its passwords, also one that is no URL."""
    masked = _USER.sub(r"\1:***@", url)
    if masked == url:
        masked = _ODD_USER.sub(r"\1:***@", url)
    return _QUERY.sub(r"\1***", masked)


def _hidden(metadata: Sequence[object]) -> bool:
    return any(isinstance(one, Hidden) for one in metadata)


def _marked(hint: Any) -> bool:
    """Whether a `Hidden` stands somewhere in a type that is no model: `dict[str, Secret]`."""
    if typing.get_origin(hint) is Annotated and _hidden(hint.__metadata__):
        return True
    return any(_marked(arg) for arg in typing.get_args(hint))


def _models_in(hints: Sequence[Any]) -> list[type[BaseModel]]:
    found: list[type[BaseModel]] = []
    for hint in hints:
        if isinstance(hint, type) and issubclass(hint, BaseModel):
            found.append(hint)
        else:
            found += _models_in(typing.get_args(hint))
    return found
