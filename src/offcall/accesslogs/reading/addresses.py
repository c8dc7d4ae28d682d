"""Addresses, and requests taken apart."""

from __future__ import annotations

from typing import Any

from offcall.accesslogs.reading.memory import compiled, find

__all__ = ["address", "request"]

_SPACE, _DASH, _SLASH, _COLON, _QUESTION = 32, 45, 47, 58, 63
_OPEN, _CLOSE = 91, 93


@compiled
def _last(text: Any, byte: int, start: int, end: int) -> int:
    """Where `byte` last stands in `text[start:end]`; -1 if nowhere."""
    at = end - 1
    while at >= start and text[at] != byte:
        at -= 1
    return at if at >= start else -1


@compiled
def _none(starts: Any, ends: Any, row: int) -> None:
    starts[row] = -1
    ends[row] = -1


@compiled
def _host_and_port(
    text: Any, at: int, end: int, row: int, hosts: Any, host_ends: Any, ports: Any, port_ends: Any
) -> None:
    """Of `host`, `host:port`, `[v6]:port`, `2001:db8::1:443`: the port is after the last colon."""
    colon = _last(text, _COLON, at, end)
    if colon >= 0 and text[end - 1] == _CLOSE:
        colon = -1
    if colon < 0:
        _none(ports, port_ends, row)
        colon = end
    else:
        ports[row] = colon + 1
        port_ends[row] = end
    if colon > at + 1 and text[at] == _OPEN and text[colon - 1] == _CLOSE:
        at += 1
        colon -= 1
    hosts[row] = at
    host_ends[row] = colon


@compiled
def _is_version(text: Any, at: int, end: int) -> bool:
    """`HTTP/` and more, or nothing more."""
    return (
        end - at >= 5
        and text[at] == 72
        and text[at + 1] == 84
        and text[at + 2] == 84
        and text[at + 3] == 80
        and text[at + 4] == _SLASH
    )


@compiled
def address(text: Any, starts: Any, ends: Any, rows: int, part_starts: Any, part_ends: Any) -> None:
    """The host, or IP address without brackets, and the port: rows 0 and 1 of the parts."""
    for row in range(rows):
        at, end = starts[row], ends[row]
        if end - at < 1 or (end - at == 1 and text[at] == _DASH):
            _none(part_starts[0], part_ends[0], row)
            _none(part_starts[1], part_ends[1], row)
        else:
            _host_and_port(
                text, at, end, row, part_starts[0], part_ends[0], part_starts[1], part_ends[1]
            )


@compiled
def request(text: Any, starts: Any, ends: Any, rows: int, part_starts: Any, part_ends: Any) -> None:
    """`GET https://host:443/path?query HTTP/1.1`: seven rows of parts.

    0 method, 1 scheme, 2 host, 3 port, 4 path, 5 query, 6 version of HTTP. What a request does
    not have begins at -1; `- http://host:80- -`, which stands for a request that could not be
    read, has scheme, host and port only, and `- - - `, of a TCP listener, has nothing. A path that
    is not there is empty (`http://host`). A URL may hold spaces; the version is what begins with
    `HTTP/` after the last one, and a URL that was cut has none.
    """
    for row in range(rows):
        for part in range(7):
            _none(part_starts[part], part_ends[part], row)
        at, end = starts[row], ends[row]
        space = find(text, _SPACE, at, end) if at >= 0 else end
        if at < 0 or space == end:
            continue
        if space - at > 1 or text[at] != _DASH:
            part_starts[0][row], part_ends[0][row] = at, space
        last = _last(text, _SPACE, at, end)
        url_end = end
        if last > space:
            if _is_version(text, last + 1, end):
                part_starts[6][row], part_ends[6][row] = last + 1, end
                url_end = last
            elif end - last == 1 or (end - last == 2 and text[last + 1] == _DASH):
                url_end = last
        at = space + 1
        unread = part_starts[0][row] < 0
        if unread and url_end > at and text[url_end - 1] == _DASH:
            url_end -= 1
        if at >= url_end:
            continue
        colon = find(text, _COLON, at, url_end)
        slash = find(text, _SLASH, at, url_end)
        if slash == colon + 1 and slash + 1 < url_end and text[slash + 1] == _SLASH:
            part_starts[1][row], part_ends[1][row] = at, colon
            host = colon + 3
            slash = find(text, _SLASH, host, url_end)
            question = find(text, _QUESTION, host, slash)
            at = min(slash, question)
            if at > host:
                _host_and_port(
                    text, host, at, row, part_starts[2], part_ends[2], part_starts[3], part_ends[3]
                )
        if unread:
            continue
        question = find(text, _QUESTION, at, url_end)
        part_starts[4][row], part_ends[4][row] = at, question
        if question < url_end:
            part_starts[5][row], part_ends[5][row] = question + 1, url_end
