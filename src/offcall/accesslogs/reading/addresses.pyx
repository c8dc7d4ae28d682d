"""Addresses, and requests taken apart; see the stub."""

from libc.stdint cimport int32_t, uint8_t

from offcall.accesslogs.reading.bytes_ cimport find

__all__ = ["address", "request"]

cdef enum:
    SPACE = 32
    DASH = 45
    SLASH = 47
    COLON = 58
    QUESTION = 63
    OPEN = 91
    CLOSE = 93

cdef enum:
    METHOD = 0
    SCHEME = 1
    HOST = 2
    PORT = 3
    PATH = 4
    QUERY = 5
    VERSION = 6


cdef inline Py_ssize_t last(
    const uint8_t *data, uint8_t byte, Py_ssize_t start, Py_ssize_t end
) noexcept nogil:
    """Where `byte` last stands in `data[start:end]`; -1 if nowhere."""
    cdef Py_ssize_t at = end - 1
    while at >= start and data[at] != byte:
        at -= 1
    return at if at >= start else -1


cdef struct Parts:
    # Where each part of each row begins and ends: part after part, `room` rows each.
    int32_t *starts
    int32_t *ends
    Py_ssize_t room


cdef inline void put(
    Parts parts, int part, Py_ssize_t row, Py_ssize_t start, Py_ssize_t end
) noexcept nogil:
    parts.starts[part * parts.room + row] = <int32_t> start
    parts.ends[part * parts.room + row] = <int32_t> end


cdef void host_and_port(
    const uint8_t *data, Py_ssize_t at, Py_ssize_t end, Py_ssize_t row, int host, Parts parts
) noexcept nogil:
    """Of `host`, `host:port`, `[v6]:port`, `2001:db8::1:443`: the port is after the last colon."""
    cdef Py_ssize_t colon = last(data, COLON, at, end)
    if colon >= 0 and data[end - 1] == CLOSE:
        colon = -1
    if colon < 0:
        put(parts, host + 1, row, -1, -1)
        colon = end
    else:
        put(parts, host + 1, row, colon + 1, end)
    if colon > at + 1 and data[at] == OPEN and data[colon - 1] == CLOSE:
        at += 1
        colon -= 1
    put(parts, host, row, at, colon)


cdef inline bint is_version(const uint8_t *data, Py_ssize_t at, Py_ssize_t end) noexcept nogil:
    """`HTTP/` and more, or nothing more."""
    return (
        end - at >= 5
        and data[at] == 72
        and data[at + 1] == 84
        and data[at + 2] == 84
        and data[at + 3] == 80
        and data[at + 4] == SLASH
    )


cdef Parts parts_of(
    const int32_t[::1] starts, const int32_t[::1] ends, Py_ssize_t rows, int count,
    int32_t[::1] part_starts, int32_t[::1] part_ends
) except *:
    cdef Parts parts
    parts.room = min(part_starts.shape[0], part_ends.shape[0]) // count
    if min(starts.shape[0], ends.shape[0], parts.room) < rows or rows < 1:
        raise ValueError("too little room")
    parts.starts = &part_starts[0]
    parts.ends = &part_ends[0]
    return parts


def address(
    const uint8_t[::1] text,
    const int32_t[::1] starts,
    const int32_t[::1] ends,
    Py_ssize_t rows,
    int32_t[::1] part_starts,
    int32_t[::1] part_ends,
):
    cdef Py_ssize_t row, at, end
    cdef const uint8_t *data
    cdef Parts parts
    if rows == 0:
        return
    parts = parts_of(starts, ends, rows, 2, part_starts, part_ends)
    data = &text[0]
    with nogil:
        for row in range(rows):
            at, end = starts[row], ends[row]
            if end - at < 1 or (end - at == 1 and data[at] == DASH):
                put(parts, 0, row, -1, -1)
                put(parts, 1, row, -1, -1)
            else:
                host_and_port(data, at, end, row, 0, parts)


cdef void one_request(
    const uint8_t *data, Py_ssize_t at, Py_ssize_t end, Py_ssize_t limit, Py_ssize_t row,
    Parts parts
) noexcept nogil:
    cdef Py_ssize_t space, final, url_end, colon, slash, host, question
    cdef bint unread
    cdef int part
    for part in range(7):
        put(parts, part, row, -1, -1)
    if at < 0:
        return
    space = find(data, SPACE, at, end, limit)
    if space == end:
        return
    unread = space - at == 1 and data[at] == DASH
    if not unread:
        put(parts, METHOD, row, at, space)
    final = last(data, SPACE, at, end)
    url_end = end
    if final > space:
        if is_version(data, final + 1, end):
            put(parts, VERSION, row, final + 1, end)
            url_end = final
        elif end - final == 1 or (end - final == 2 and data[final + 1] == DASH):
            url_end = final
    at = space + 1
    if unread and url_end > at and data[url_end - 1] == DASH:
        url_end -= 1
    if at >= url_end:
        return
    colon = find(data, COLON, at, url_end, limit)
    slash = find(data, SLASH, at, url_end, limit)
    if slash == colon + 1 and slash + 1 < url_end and data[slash + 1] == SLASH:
        put(parts, SCHEME, row, at, colon)
        host = colon + 3
        slash = find(data, SLASH, host, url_end, limit)
        question = find(data, QUESTION, host, slash, limit)
        at = min(slash, question)
        if at > host:
            host_and_port(data, host, at, row, HOST, parts)
    if unread:
        return
    question = find(data, QUESTION, at, url_end, limit)
    put(parts, PATH, row, at, question)
    if question < url_end:
        put(parts, QUERY, row, question + 1, url_end)


def request(
    const uint8_t[::1] text,
    const int32_t[::1] starts,
    const int32_t[::1] ends,
    Py_ssize_t rows,
    int32_t[::1] part_starts,
    int32_t[::1] part_ends,
):
    cdef Py_ssize_t row
    cdef Parts parts
    if rows == 0:
        return
    parts = parts_of(starts, ends, rows, 7, part_starts, part_ends)
    with nogil:
        for row in range(rows):
            one_request(&text[0], starts[row], ends[row], text.shape[0], row, parts)
