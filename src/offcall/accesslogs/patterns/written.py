"""Routes that somebody wrote down: an OpenAPI file, or a list of templates."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from urllib.parse import urlsplit

from offcall.accesslogs.questions.question import literal
from offcall.core.errors import UserError
from offcall.core.yamlfile import line_of, load_yaml

__all__ = ["read_routes", "route_sql", "with_route"]

_PARAMETER = re.compile(r"\{[^{}/]*\}|\*")


def read_routes(path: Path) -> tuple[str, ...]:
    """The templates in an OpenAPI (2 or 3) or Swagger file, or in a list, in YAML or JSON.

    Raises:
        UserError: it is neither, or a template does not begin with a slash.
    """
    node = load_yaml(path, error=UserError)
    prefixes = [""]
    if isinstance(node, dict) and isinstance(node.get("paths"), dict):
        templates: Iterable[object] = node["paths"]
        places: list[str | int] = ["paths"]
        prefixes = _prefixes(node)
    elif isinstance(node, list):
        templates, places = node, []
    else:
        raise UserError(
            "these are no routes",
            file=str(path),
            line=1,
            expected="an OpenAPI file with paths, or a list such as ['/orders/{id}']",
        )
    found = []
    for number, one in enumerate(templates):
        if not isinstance(one, str) or not one.startswith("/"):
            raise UserError(
                "a route begins with a slash",
                file=str(path),
                line=line_of(node, [*places, str(one) if places else number]),
                value=one,
                expected="such as /orders/{id}",
            )
        found += [prefix + one for prefix in prefixes]
    return tuple(found)


def _prefixes(node: dict[str, object]) -> list[str]:
    """The paths that the servers of an API have before its own."""
    base = node.get("basePath")
    if isinstance(base, str):
        return [base.rstrip("/")]
    servers = node.get("servers")
    urls = [
        str(one["url"])
        for one in (servers if isinstance(servers, list) else [])
        if isinstance(one, dict) and "url" in one
    ]
    return list(dict.fromkeys(urlsplit(url).path.rstrip("/") for url in urls)) or [""]


def route_sql(templates: Sequence[str]) -> str:
    """A route by these templates, where one fits; else by the rules. As SQL.

    Of several that fit, the one with the most literal text counts.
    """
    ordered = sorted(set(templates), key=lambda one: (-_literal(one), one))
    cases = " ".join(
        f"WHEN regexp_like(path, {literal(_expression(one))}) THEN {literal(one)}"
        for one in ordered
    )
    return f"CASE {cases} ELSE route END" if cases else "route"


def with_route(sql: str, route: str) -> str:
    """SQL in which the column `route` is what `route_sql` says; texts in it stay as they are."""
    return re.sub(r"'(?:[^']|'')*'|\broute\b", lambda m: route if m[0] == "route" else m[0], sql)


def _literal(template: str) -> int:
    return len(_PARAMETER.sub("", template))


def _expression(template: str) -> str:
    """A regular expression, without a backslash: engines read it differently in a text."""
    pieces = _PARAMETER.split(template)
    plain = (re.sub(r"[.+?$()\[\]{}|*]", r"[\g<0>]", one) for one in pieces)
    return "^" + "[^/]+".join(re.sub(r"[\^\\]", ".", one) for one in plain) + "/?$"
