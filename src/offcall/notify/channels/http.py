"""POST JSON, with failures sorted into "later perhaps" and "not like this"."""

from __future__ import annotations

import contextlib
import logging
import ssl
from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from offcall import __version__
from offcall.core.extras import require
from offcall.notify.channels.base import SendError

if TYPE_CHECKING:
    import httpx

__all__ = ["answer_of", "post", "quieten"]

TIMEOUT_SECONDS = 20.0


def quieten() -> None:
    """Keep libraries from logging URLs, which are secrets of many channels, at -v and -vv."""
    for name in ("httpx", "httpcore", "urllib3", "requests"):
        logging.getLogger(name).setLevel(logging.WARNING)


def post(
    url: str, body: Any, *, who: str, headers: Mapping[str, str] | None = None
) -> httpx.Response:
    """POST `body` as JSON; the answer, if it is a 2xx.

    Redirects are not followed: the body and its secrets are for this address alone.

    Raises:
        SendError: no answer, 408, 429 and 5xx (again later); anything else (not again).
    """
    require("httpx", "notify")
    import httpx

    quieten()
    more = {"user-agent": f"offcall/{__version__}", **(headers or {})}
    try:
        answer = httpx.post(
            url, json=body, headers=more, timeout=TIMEOUT_SECONDS, verify=_trusted()
        )
    except httpx.InvalidURL as error:
        raise SendError(f"{who}: not a URL that can be posted to", retry=False) from error
    except httpx.HTTPError as error:
        raise SendError(f"{who}: {error or type(error).__name__}", retry=True) from error
    if answer.is_success:
        return answer
    retry = answer.status_code in (408, 429) or answer.status_code >= 500
    raise SendError(
        f"{who} answered {answer.status_code}{_said(answer)}",
        retry=retry,
        after=_retry_after(answer),
    )


@lru_cache(maxsize=1)
def _trusted() -> ssl.SSLContext:
    """The certificate authorities, read once: it takes longer than a request."""
    import httpx

    return httpx.create_ssl_context()


def answer_of(answer: httpx.Response) -> dict[str, Any]:
    """The JSON object of an answer; empty when it is none."""
    with contextlib.suppress(ValueError):
        body = answer.json()
        if isinstance(body, dict):
            return body
    return {}


def _said(answer: httpx.Response) -> str:
    body = answer_of(answer)
    parts = [str(body[name]) for name in ("error", "message") if body.get(name)]
    errors = body.get("errors")
    if isinstance(errors, list):
        parts += [str(one) for one in errors[:3]]
    text = "; ".join(parts) or answer.text.strip().partition("\n")[0]
    return f": {text[:200]}" if text else ""


def _retry_after(answer: httpx.Response) -> float | None:
    value = answer.headers.get("retry-after", "")
    return float(value) if value.isdigit() else None
