"""Lines and their fields: where each begins and ends."""

from libc.stdint cimport int32_t, int64_t, uint8_t, uint64_t

from offcall.accesslogs.reading.bytes_ cimport find

__all__ = ["COUNT", "LONG", "OPEN", "QUOTED", "marks", "split"]

OPEN, COUNT, QUOTED, LONG = 1, 2, 3, 4

cdef enum:
    OPEN_ = 1
    COUNT_ = 2
    QUOTED_ = 3
    LONG_ = 4
    QUOTE = 34
    RETURN = 13
    NEWLINE = 10
    HASH = 35
    TAB = 9
    # Of how many fields, at most, it is judged whether they are in quotes.
    MARKED = 63


def marks(str quotes):
    """For `split`: whether quotes mean anything; a bit for each field in them; for each judged."""
    text = (quotes or "")[:MARKED]
    must = sum(1 << place for place, mark in enumerate(text) if mark == '"')
    judged = sum(1 << place for place, mark in enumerate(text) if mark != "?")
    return quotes is not None, must, judged


def split(
    const uint8_t[::1] text,
    Py_ssize_t begin,
    Py_ssize_t size,
    uint8_t separator,
    const uint8_t[::1] lengths,
    Py_ssize_t longest,
    tuple quoting,
    const int32_t[::1] slots,
    int32_t[::1] starts,
    int32_t[::1] ends,
    int64_t[::1] lines,
    int64_t[::1] bad,
    Py_ssize_t room,
):
    """Split the whole lines in `text[begin:size]`; see the stub."""
    cdef bint quotes = quoting[0]
    cdef uint64_t must = quoting[1], judged = quoting[2], seen, here_too
    cdef Py_ssize_t limit = text.shape[0]
    cdef Py_ssize_t here = begin, line_end, end, at, start, stop, following
    cdef Py_ssize_t last = lengths.shape[0] - 1, rest = slots.shape[0] - 1, field, missing
    cdef Py_ssize_t row = 0, wrong = 0, number = 0
    cdef int reason
    cdef const uint8_t *data
    cdef Py_ssize_t field_slots = max(slots) + 1, to
    cdef const int32_t *slot = &slots[0]
    if (
        size > limit
        or min(starts.shape[0], ends.shape[0]) < field_slots * room
        or lines.shape[0] < 3 * room
        or bad.shape[0] < 4 * room
    ):
        raise ValueError("too little room")
    if size <= begin:
        return 0, 0, 0, begin
    data = &text[0]
    with nogil:
        while here < size and row < room and wrong < room:
            line_end = find(data, NEWLINE, here, size, limit)
            if line_end == size:
                break
            end = line_end
            if end > here and data[end - 1] == RETURN:
                end -= 1
            if end == here or (separator == TAB and data[here] == HASH):
                if end > here and number > 0:
                    break
                here = line_end + 1
                number += 1
                continue
            at = here
            field = 0
            reason = 0
            seen = 0
            if end - here > longest:
                at = end
                reason = LONG_
            while at < end:
                if data[at] == QUOTE and quotes:
                    if field < MARKED:
                        seen |= (<uint64_t> 1) << field
                    start = at + 1
                    stop = find(data, QUOTE, start, end, limit)
                    while stop < end - 1 and data[stop + 1] != separator:
                        stop = find(data, QUOTE, stop + 1, end, limit)
                    if stop == end:
                        reason = OPEN_
                        break
                    following = stop + 2
                else:
                    start = at
                    stop = find(data, separator, at, end, limit)
                    following = stop + 1
                if field < rest:
                    if slot[field] >= 0:
                        to = slot[field] * room + row
                        starts[to] = <int32_t> start
                        ends[to] = <int32_t> stop
                elif field == rest and slot[rest] >= 0:
                    to = slot[rest] * room + row
                    starts[to] = <int32_t> at
                    ends[to] = <int32_t> end
                field += 1
                at = following
            if reason == 0:
                # Bits of the fields that the line has.
                here_too = ((<uint64_t> 1) << min(field, MARKED)) - 1
                if not lengths[min(field, last)]:
                    reason = COUNT_
                elif (seen ^ must) & judged & here_too:
                    reason = QUOTED_
            if reason:
                to = 4 * wrong
                bad[to] = here
                bad[to + 1] = end
                bad[to + 2] = number
                bad[to + 3] = reason
                wrong += 1
            else:
                for missing in range(field, rest + 1):
                    if slot[missing] >= 0:
                        to = slot[missing] * room + row
                        starts[to] = -1
                        ends[to] = -1
                to = 3 * row
                lines[to] = here
                lines[to + 1] = end
                lines[to + 2] = number
                row += 1
            here = line_end + 1
            number += 1
    return row, wrong, number, here
