"""Numbers and times, parsed from the bytes where they stand; see the stub."""

from libc.stdint cimport int32_t, int64_t, uint8_t
from cpython.bytes cimport PyBytes_FromStringAndSize
from libc.math cimport rint
from libc.string cimport memcmp, memcpy, memset

__all__ = ["bits", "integers", "seconds", "times", "total", "whole_seconds"]

cdef enum:
    DASH = 45
    DOT = 46
    COLON = 58
    ZERO = 48
    ZULU = 90
    # `2026-11-24T09:00:`, whose lines follow one another.
    MINUTE = 17

cdef int64_t DAY = 86_400_000_000
cdef int[13] LENGTHS = [0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]


cdef inline bint absent(const uint8_t *data, Py_ssize_t at, Py_ssize_t end) noexcept nogil:
    return end - at < 1 or (end - at == 1 and data[at] == DASH)


cdef void check(
    const uint8_t[::1] text, const int32_t[::1] starts, const int32_t[::1] ends, Py_ssize_t rows,
    Py_ssize_t out, const uint8_t[::1] valid, const uint8_t[::1] bad
) except *:
    if min(starts.shape[0], ends.shape[0], out, valid.shape[0], bad.shape[0]) < rows:
        raise ValueError("too little room")


def integers(
    const uint8_t[::1] text,
    const int32_t[::1] starts,
    const int32_t[::1] ends,
    Py_ssize_t rows,
    int64_t[::1] out,
    uint8_t[::1] valid,
    uint8_t[::1] bad,
    uint8_t mark,
):
    cdef Py_ssize_t row, at, end
    cdef int64_t value
    cdef int digit
    cdef bint negative, good
    cdef const uint8_t *data
    check(text, starts, ends, rows, out.shape[0], valid, bad)
    if rows == 0:
        return
    data = &text[0]
    with nogil:
        for row in range(rows):
            at, end = starts[row], ends[row]
            out[row] = 0
            valid[row] = 0
            if absent(data, at, end):
                continue
            negative = data[at] == DASH
            if negative:
                at += 1
            value = 0
            good = end - at <= 18
            while at < end and good:
                digit = <int> data[at] - ZERO
                good = 0 <= digit <= 9
                value = value * 10 + digit
                at += 1
            if good:
                out[row] = -value if negative else value
                valid[row] = 1
            elif not bad[row]:
                bad[row] = mark


def seconds(
    const uint8_t[::1] text,
    const int32_t[::1] starts,
    const int32_t[::1] ends,
    Py_ssize_t rows,
    double unit,
    double[::1] out,
    uint8_t[::1] valid,
    uint8_t[::1] bad,
    uint8_t mark,
):
    cdef Py_ssize_t row, at, end
    cdef int64_t value
    cdef int digit, digits
    cdef double scale
    cdef bint negative, good, point
    cdef const uint8_t *data
    check(text, starts, ends, rows, out.shape[0], valid, bad)
    if rows == 0:
        return
    data = &text[0]
    with nogil:
        for row in range(rows):
            at, end = starts[row], ends[row]
            out[row] = 0
            valid[row] = 0
            if absent(data, at, end):
                continue
            negative = data[at] == DASH
            if negative:
                at += 1
            value = 0
            scale = 1
            point = False
            good = 1 <= end - at <= 16
            digits = 0
            while at < end and good:
                if data[at] == DOT and not point:
                    point = True
                else:
                    digit = <int> data[at] - ZERO
                    good = 0 <= digit <= 9
                    value = value * 10 + digit
                    digits += 1
                    if point:
                        scale *= 10
                at += 1
            if not good or digits == 0:
                if not bad[row]:
                    bad[row] = mark
            elif not negative:
                out[row] = <double> value / (scale * unit)
                valid[row] = 1


cdef inline int64_t number(const uint8_t *data, Py_ssize_t at, Py_ssize_t count) noexcept nogil:
    """The number in so many bytes; -1 if one is no digit."""
    cdef int64_t value = 0
    cdef int digit
    cdef Py_ssize_t place
    for place in range(at, at + count):
        digit = <int> data[place] - ZERO
        if digit < 0 or digit > 9:
            return -1
        value = value * 10 + digit
    return value


cdef int64_t days(int64_t year, int64_t month, int64_t day) noexcept nogil:
    """Days since 1970-01-01 (Howard Hinnant's `days_from_civil`)."""
    cdef int64_t era, of_era, of_year
    if month <= 2:
        year -= 1
    era = year // 400
    of_era = year - era * 400
    of_year = (153 * (month + (-3 if month > 2 else 9)) + 2) // 5 + day - 1
    return era * 146_097 + of_era * 365 + of_era // 4 - of_era // 100 + of_year - 719_468


cdef int64_t minute_of(const uint8_t *data, Py_ssize_t at) noexcept nogil:
    """Microseconds since 1970 of `2026-11-24T09:00:`; -1 if it is none."""
    cdef int64_t year = number(data, at, 4), month = number(data, at + 5, 2)
    cdef int64_t day = number(data, at + 8, 2), hour = number(data, at + 11, 2)
    cdef int64_t minute = number(data, at + 14, 2)
    cdef bint leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    if (
        year < 1970
        or not 1 <= month <= 12
        or data[at + 4] != DASH
        or data[at + 7] != DASH
        or data[at + 13] != COLON
        or data[at + 16] != COLON
        or not 0 <= hour <= 23
        or not 0 <= minute <= 59
        or not 1 <= day <= LENGTHS[month] + (1 if month == 2 and leap else 0)
    ):
        return -1
    return days(year, month, day) * DAY + (hour * 60 + minute) * 60_000_000


def times(
    const uint8_t[::1] text,
    const int32_t[::1] starts,
    const int32_t[::1] ends,
    Py_ssize_t rows,
    int64_t[::1] out,
    uint8_t[::1] valid,
    uint8_t[::1] bad,
    uint8_t mark,
):
    cdef Py_ssize_t row, at, end, places
    cdef int64_t minute = -1, second, micros
    cdef uint8_t[MINUTE] known
    cdef const uint8_t *data
    check(text, starts, ends, rows, out.shape[0], valid, bad)
    if rows == 0:
        return
    data = &text[0]
    known[0] = 0
    with nogil:
        for row in range(rows):
            at, end = starts[row], ends[row]
            out[row] = 0
            valid[row] = 0
            if absent(data, at, end):
                continue
            if end - at > 19 and data[end - 1] == ZULU:
                end -= 1
            second = micros = -1
            if end - at >= 19:
                if memcmp(data + at, known, MINUTE) != 0:
                    memcpy(known, data + at, MINUTE)
                    minute = minute_of(data, at)
                second = number(data, at + 17, 2)
                if end - at == 19:
                    micros = 0
                elif data[at + 19] == DOT:
                    places = end - at - 20
                    micros = number(data, at + 20, places) if 1 <= places <= 6 else -1
                    if micros >= 0:
                        while places < 6:
                            micros *= 10
                            places += 1
            if minute < 0 or not 0 <= second <= 60 or micros < 0:
                if not bad[row]:
                    bad[row] = mark
                # It must not be taken for the minute of the next.
                known[0] = 0
                minute = -1
                continue
            out[row] = minute + second * 1_000_000 + micros
            valid[row] = 1


def whole_seconds(const int64_t[::1] micros, Py_ssize_t rows, int64_t[::1] out):
    cdef Py_ssize_t row
    if min(micros.shape[0], out.shape[0]) < rows:
        raise ValueError("too little room")
    with nogil:
        for row in range(rows):
            out[row] = micros[row] // 1_000_000


def total(list parts, Py_ssize_t rows, double[::1] out, uint8_t[::1] valid):
    cdef Py_ssize_t row
    cdef const double[::1] values
    cdef const uint8_t[::1] known
    if min(out.shape[0], valid.shape[0]) < rows:
        raise ValueError("too little room")
    for row in range(rows):
        out[row] = 0
        valid[row] = 0
    for values, known in parts:
        if min(values.shape[0], known.shape[0]) < rows:
            raise ValueError("too little room")
        with nogil:
            for row in range(rows):
                out[row] += values[row]
                valid[row] |= known[row]
    with nogil:
        for row in range(rows):
            # To the microsecond: the logs have no finer times.
            out[row] = rint(out[row] * 1e6) / 1e6


def bits(const uint8_t[::1] marks, Py_ssize_t rows, bint of=True):
    cdef Py_ssize_t row, size = (rows + 7) // 8, count = 0
    cdef uint8_t *into
    if marks.shape[0] < rows:
        raise ValueError("too little room")
    for row in range(rows):
        count += (marks[row] != 0) == of
    if count == rows:
        return None
    cdef bytes out = PyBytes_FromStringAndSize(NULL, size)
    into = <uint8_t *> <char *> out
    memset(into, 0, size)
    for row in range(rows):
        if (marks[row] != 0) == of:
            into[row >> 3] |= 1 << (row & 7)
    return out
