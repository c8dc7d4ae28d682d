"""Paths as routes: ids, hashes, dates and addresses become placeholders; see the stub.

The rules look at one segment at a time, and `offcall.accesslogs.routes` says the same rules as
regular expressions, for engines that read the logs themselves; a test holds the two together.
"""

from libc.stdint cimport int32_t, uint8_t
from libc.string cimport memcpy

from offcall.accesslogs.reading.bytes_ cimport find

__all__ = ["EXTRA", "route"]

EXTRA = 5

cdef enum:
    SLASH = 47
    DOT = 46
    DASH = 45
    AT = 64
    PERCENT = 37
    SEMICOLON = 59

cdef enum:
    DIGIT = 1
    HEX = 2
    UPPER = 4
    LOWER = 8
    OTHER = 16

# What each byte is, a digit is also hexadecimal; and in a segment, where dashes and underscores
# are in names and in tokens alike.
cdef uint8_t[256] KIND
cdef uint8_t[256] IN_SEGMENT


cdef void _learn_bytes() noexcept:
    cdef int byte
    for byte in range(256):
        KIND[byte] = OTHER
        if 48 <= byte <= 57:
            KIND[byte] = DIGIT | HEX
        elif 65 <= byte <= 90:
            KIND[byte] = UPPER | (HEX if byte <= 70 else 0)
        elif 97 <= byte <= 122:
            KIND[byte] = LOWER | (HEX if byte <= 102 else 0)
        IN_SEGMENT[byte] = 0 if byte in (DASH, 95) else KIND[byte]


_learn_bytes()


cdef inline Py_ssize_t put(
    uint8_t *out, Py_ssize_t to, const char *placeholder, int size
) noexcept nogil:
    memcpy(out + to, placeholder, size)
    return to + size


cdef inline Py_ssize_t put_id(uint8_t *out, Py_ssize_t to) noexcept nogil:
    return put(out, to, b"{id}", 4)


cdef inline Py_ssize_t put_hash(uint8_t *out, Py_ssize_t to) noexcept nogil:
    return put(out, to, b"{hash}", 6)


cdef inline Py_ssize_t copy(
    const uint8_t *data, Py_ssize_t at, Py_ssize_t end, uint8_t *out, Py_ssize_t to
) noexcept nogil:
    memcpy(out + to, data + at, end - at)
    return to + end - at


cdef bint any_digit(const uint8_t *data, Py_ssize_t at, Py_ssize_t end) noexcept nogil:
    cdef Py_ssize_t place
    for place in range(at, end):
        if KIND[data[place]] & DIGIT:
            return True
    return False


cdef bint is_uuid(const uint8_t *data, Py_ssize_t at, Py_ssize_t end) noexcept nogil:
    cdef int place
    if end - at != 36:
        return False
    for place in range(36):
        if place == 8 or place == 13 or place == 18 or place == 23:
            if data[at + place] != DASH:
                return False
        elif not KIND[data[at + place]] & HEX:
            return False
    return True


cdef bint is_date(const uint8_t *data, Py_ssize_t at, Py_ssize_t end) noexcept nogil:
    cdef int place
    if end - at != 10 or data[at + 4] != DASH or data[at + 7] != DASH:
        return False
    for place in range(10):
        if place != 4 and place != 7 and not KIND[data[at + place]] & DIGIT:
            return False
    return True


cdef bint is_email(
    const uint8_t *data, Py_ssize_t at, Py_ssize_t end, Py_ssize_t limit
) noexcept nogil:
    """`bob%2Btag%40example.com`: @, or %40, once; before it no other % than of `%` and two digits;
    after it none, and a dot that is neither the first nor the last."""
    cdef Py_ssize_t place = at, domain
    while place < end and data[place] != AT:
        if data[place] == PERCENT:
            if (
                place + 2 >= end
                or not KIND[data[place + 1]] & HEX
                or not KIND[data[place + 2]] & HEX
            ):
                return False
            if data[place + 1] == 52 and data[place + 2] == 48:
                break
            place += 2
        place += 1
    if place == at or place >= end:
        return False
    domain = place + (1 if data[place] == AT else 3)
    for place in range(domain, end):
        if data[place] == AT or data[place] == PERCENT:
            return False
    return find(data, DOT, domain + 1, end, limit) < end - 1


cdef bint only_letters_and_digits(
    const uint8_t *data, Py_ssize_t at, Py_ssize_t end
) noexcept nogil:
    cdef Py_ssize_t place
    for place in range(at, end):
        if KIND[data[place]] == OTHER:
            return False
    return True


cdef Py_ssize_t segment(
    const uint8_t *data, Py_ssize_t at, Py_ssize_t end, Py_ssize_t limit, uint8_t *out,
    Py_ssize_t to
) noexcept nogil:
    """Write one segment, or what stands for it; the new end of `out`."""
    cdef Py_ssize_t place, size = end - at, seen = 0
    cdef int places = 0
    cdef bint digits
    if size == 0:
        return to
    for place in range(at, end):
        places |= IN_SEGMENT[data[place]]
        seen += (IN_SEGMENT[data[place]] & HEX) >> 1
    places &= ~HEX
    if places == DIGIT and seen == size:
        return put_id(out, to)
    if is_uuid(data, at, end):
        return put(out, to, b"{uuid}", 6)
    if is_date(data, at, end):
        return put(out, to, b"{date}", 6)
    if places & OTHER and is_email(data, at, end, limit):
        return put(out, to, b"{email}", 7)
    digits = places & DIGIT
    if size >= 8 and seen == size and digits:
        return put_hash(out, to)
    if not places & OTHER and digits and places & UPPER:
        if size >= 16 and places & LOWER:
            return put(out, to, b"{token}", 7)
        if size >= 20 and places == DIGIT | UPPER and only_letters_and_digits(data, at, end):
            return put(out, to, b"{token}", 7)
    if places & OTHER and digits:
        return file_name(data, at, end, limit, out, to)
    return copy(data, at, end, out, to)


cdef Py_ssize_t file_name(
    const uint8_t *data, Py_ssize_t at, Py_ssize_t end, Py_ssize_t limit, uint8_t *out,
    Py_ssize_t to
) noexcept nogil:
    """`17.json`, `app.3f9c2a1b.js`: the number or the hash in the name of a file."""
    cdef Py_ssize_t dot = find(data, DOT, at, end, limit), place, stop, start
    cdef bint number
    if dot == end:
        return copy(data, at, end, out, to)
    number = dot > at and dot + 1 < end
    for place in range(at, dot):
        number = number and KIND[data[place]] & DIGIT
    for place in range(dot + 1, end):
        number = number and KIND[data[place]] & (UPPER | LOWER)
    if number:
        return copy(data, dot, end, out, put_id(out, to))
    # The last piece before a dot that is a hash, after a dot or a dash; after it are only letters,
    # digits and dots.
    stop = end - 1
    while stop > at and (data[stop] == DOT or KIND[data[stop]] != OTHER):
        if data[stop] == DOT and stop + 1 < end:
            start = stop
            while start > at and KIND[data[start - 1]] & HEX:
                start -= 1
            if (
                stop - start >= 8
                and start > at + 1
                and (data[start - 1] == DOT or data[start - 1] == DASH)
                and any_digit(data, start, stop)
            ):
                to = copy(data, at, start, out, to)
                return copy(data, stop, end, out, put_hash(out, to))
        stop -= 1
    return copy(data, at, end, out, to)


def route(
    const uint8_t[::1] text,
    const int32_t[::1] starts,
    const int32_t[::1] ends,
    Py_ssize_t rows,
    uint8_t[::1] out,
    int32_t[::1] out_starts,
    int32_t[::1] out_ends,
):
    cdef Py_ssize_t row, at, end, slash, stop, to = 0, size = 0, limit = text.shape[0]
    cdef const uint8_t *data
    if min(starts.shape[0], ends.shape[0], out_starts.shape[0], out_ends.shape[0]) < rows:
        raise ValueError("too little room")
    if rows == 0:
        return
    for row in range(rows):
        size += ends[row] - starts[row]
    if out.shape[0] < EXTRA * size + rows:
        raise ValueError("too little room")
    data = &text[0]
    with nogil:
        for row in range(rows):
            at, end = starts[row], ends[row]
            if at < 0:
                out_starts[row] = -1
                out_ends[row] = -1
                continue
            out_starts[row] = <int32_t> to
            while at <= end:
                slash = find(data, SLASH, at, end, limit)
                stop = find(data, SEMICOLON, at, slash, limit)
                to = segment(data, at, stop, limit, &out[0], to)
                if slash < end:
                    out[to] = SLASH
                    to += 1
                at = slash + 1
            out_ends[row] = <int32_t> to
