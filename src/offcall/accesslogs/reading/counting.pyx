"""Requests counted by a text, and the times that each took; see the stub."""

from cpython.bytes cimport PyBytes_FromStringAndSize
from libc.stdint cimport int32_t, int64_t, uint8_t, uint32_t, uint64_t
from libc.stdlib cimport calloc, free, malloc, realloc
from libc.string cimport memcmp, memcpy, memset

import os

from offcall.accesslogs.reading.bytes_ cimport hashed, mixed

__all__ = ["SORTS", "Counts"]

cdef enum:
    DASH = 45
    UPGRADED = 101
    NOTHING = 0  # the group of what has no text

# Whoever writes paths to fill one place of a table must not know where they go.
SEED = int.from_bytes(os.urandom(8), "little")

SORTS = ("count", "errors", "error-share", "bytes", "max")

cdef extern from *:
    """
    static inline void offcall_soon(const void *place) { __builtin_prefetch(place); }
    """
    void soon "offcall_soon" (const void *place) noexcept nogil

cdef enum:
    # Rows whose places in memory are asked for at a time, before they are looked at: most texts
    # are rare, and each would be waited for.
    AHEAD = 64

cdef struct Place:
    # Where in the table a text is: a part of its hash, and its group; -1 for none.
    uint32_t tag
    int32_t group

cdef struct Group:
    int64_t begin
    int64_t size
    int64_t n
    int64_t timed
    int64_t sent
    int64_t received
    int64_t client_errors
    int64_t server_errors
    double longest
    uint8_t any_sent
    uint8_t any_received


cdef class Counts:
    """Grows with the number of distinct texts, and by twelve bytes a request; not for two threads
    at once."""

    cdef uint64_t seed
    # The bytes of the texts, one after another.
    cdef uint8_t *arena
    cdef Py_ssize_t arena_size
    cdef Py_ssize_t arena_room
    cdef Group *groups
    cdef Py_ssize_t group_room
    cdef Place *table
    cdef Py_ssize_t mask
    # Times, and of which group.
    cdef int32_t *whose
    cdef double *times
    cdef Py_ssize_t time_room

    cdef readonly Py_ssize_t texts
    cdef readonly Py_ssize_t timed
    cdef readonly int64_t requests

    def __cinit__(self):
        self.seed = SEED
        self.mask = (1 << 12) - 1
        self.table = <Place *> malloc((self.mask + 1) * sizeof(Place))
        if not self.table or self._grow(1 << 16, 1 << 10, 1 << 14) < 0:
            raise MemoryError
        memset(self.table, 255, (self.mask + 1) * sizeof(Place))
        memset(self.groups, 0, sizeof(Group))
        self.texts = 1

    def __dealloc__(self):
        free(self.arena)
        free(self.groups)
        free(self.table)
        free(self.whose)
        free(self.times)

    @property
    def size(self):
        """How many bytes it takes, about."""
        return (
            self.arena_size
            + self.texts * sizeof(Group)
            + (self.mask + 1) * sizeof(Place)
            + self.timed * (sizeof(int32_t) + sizeof(double))
        )

    cdef int _grow(self, Py_ssize_t arena, Py_ssize_t groups, Py_ssize_t times) noexcept nogil:
        """Make room for so much; -1 if there is none."""
        cdef void *found
        if arena > self.arena_room:
            found = realloc(self.arena, arena)
            if not found:
                return -1
            self.arena = <uint8_t *> found
            self.arena_room = arena
        if groups > self.group_room:
            found = realloc(self.groups, groups * sizeof(Group))
            if not found:
                return -1
            self.groups = <Group *> found
            self.group_room = groups
        if times > self.time_room:
            found = realloc(self.whose, times * sizeof(int32_t))
            if not found:
                return -1
            self.whose = <int32_t *> found
            found = realloc(self.times, times * sizeof(double))
            if not found:
                return -1
            self.times = <double *> found
            self.time_room = times
        return 0

    cdef int _rehash(self) noexcept nogil:
        """Make the table twice as large; -1 if there is no memory."""
        cdef Py_ssize_t size = 2 * (self.mask + 1), each, spot
        cdef Group *group
        cdef uint64_t digest
        cdef Place *table = <Place *> malloc(size * sizeof(Place))
        if not table:
            return -1
        memset(table, 255, size * sizeof(Place))
        for each in range(1, self.texts):
            group = &self.groups[each]
            digest = hashed(self.arena + group.begin, group.size, self.seed)
            spot = digest & (size - 1)
            while table[spot].group >= 0:
                spot = (spot + 1) & (size - 1)
            table[spot].tag = <uint32_t> (digest >> 32)
            table[spot].group = <int32_t> each
        free(self.table)
        self.table = table
        self.mask = size - 1
        return 0

    cdef int32_t _number(
        self, const uint8_t *text, Py_ssize_t size, uint64_t digest
    ) noexcept nogil:
        """The group of a text with this hash, made if need be; -1 if there is no memory."""
        cdef Py_ssize_t spot = digest & self.mask, place
        cdef uint32_t tag = <uint32_t> (digest >> 32)
        cdef Place *found
        cdef Group *group
        cdef int32_t made
        cdef uint8_t seen = 0
        while True:
            found = &self.table[spot]
            if found.group < 0:
                break
            if found.tag == tag:
                group = &self.groups[found.group]
                if group.size == size and memcmp(self.arena + group.begin, text, size) == 0:
                    return found.group
            spot = (spot + 1) & self.mask
        for place in range(size):
            seen |= text[place]
        if seen >= 128:
            with gil:
                made = self._mended(text, size)
            if made != 0:
                return made
        if self._grow(
            2 * (self.arena_size + size) if self.arena_size + size > self.arena_room else 0,
            2 * self.texts if self.texts == self.group_room else 0,
            0,
        ) < 0:
            return -1
        made = <int32_t> self.texts
        group = &self.groups[made]
        memset(group, 0, sizeof(Group))
        group.begin = self.arena_size
        group.size = size
        memcpy(self.arena + self.arena_size, text, size)
        self.arena_size += size
        self.texts += 1
        self.table[spot].tag = tag
        self.table[spot].group = made
        if 2 * self.texts > self.mask and self._rehash() < 0:
            return -1
        return made

    cdef int32_t _mended(self, const uint8_t *text, Py_ssize_t size) noexcept:
        """The group of bytes that are no UTF-8, which are shown as U+FFFD; 0 if they are."""
        cdef bytes raw, mended
        try:
            raw = text[:size]
            mended = raw.decode(errors="replace").encode()
        except MemoryError:
            return -1
        if mended == raw:
            return 0
        return self._named(mended)

    cdef int32_t _named(self, bytes name) noexcept:
        """The group of a text."""
        cdef const uint8_t *text = <const uint8_t *> <const char *> name
        return self._number(text, len(name), hashed(text, len(name), self.seed))

    def add(
        self,
        tuple part,
        Py_ssize_t rows,
        const uint8_t[::1] marks,
        tuple status,
        tuple times,
        tuple sent,
        tuple received,
    ):
        cdef const uint8_t[::1] text = part[0]
        cdef const int32_t[::1] starts = part[1], ends = part[2]
        cdef const int64_t[::1] statuses = status[0], sents = sent[0], receiveds = received[0]
        cdef const uint8_t[::1] has_status = status[1], has_sent = sent[1]
        cdef const uint8_t[::1] has_received = received[1], has_time = times[1]
        cdef const double[::1] took = times[0]
        cdef Py_ssize_t row, at, size, first, last
        cdef int32_t which
        cdef int64_t code
        cdef uint64_t[AHEAD] digests
        cdef const uint8_t *data
        cdef Place *place
        cdef Group *group
        cdef bint failed = False
        if rows > min(
            marks.shape[0], starts.shape[0], ends.shape[0], statuses.shape[0], sents.shape[0],
            receiveds.shape[0], has_status.shape[0], has_sent.shape[0], has_received.shape[0],
            has_time.shape[0], took.shape[0],
        ):
            raise ValueError("too little room")
        if rows == 0:
            return
        data = &text[0]
        with nogil:
            if self.timed + rows > self.time_room:
                failed = self._grow(0, 0, max(self.timed + rows, 2 * self.time_room)) < 0
            first = last = 0
            for row in range(rows):
                if row == last:
                    first, last = row, min(row + AHEAD, rows)
                    for at in range(first, last):
                        if starts[at] >= 0:
                            size = ends[at] - starts[at]
                            digests[at - first] = hashed(data + starts[at], size, self.seed)
                            soon(&self.table[digests[at - first] & self.mask])
                    for at in range(first, last):
                        if starts[at] >= 0:
                            place = &self.table[digests[at - first] & self.mask]
                            if place.group >= 0:
                                soon(&self.groups[place.group])
                                soon(&self.groups[place.group].longest)
                    for at in range(first, last):
                        if starts[at] >= 0:
                            place = &self.table[digests[at - first] & self.mask]
                            if place.group >= 0:
                                soon(self.arena + self.groups[place.group].begin)
                if failed or marks[row]:
                    continue
                at = starts[row]
                size = ends[row] - at
                if at < 0 or (size == 1 and data[at] == DASH):
                    which = NOTHING
                else:
                    which = self._number(data + at, size, digests[row - first])
                    if which < 0:
                        failed = True
                        continue
                group = &self.groups[which]
                self.requests += 1
                group.n += 1
                code = statuses[row] if has_status[row] else 0
                group.client_errors += 400 <= code <= 499
                group.server_errors += 500 <= code <= 599
                if has_sent[row]:
                    group.sent += sents[row]
                    group.any_sent = True
                if has_received[row]:
                    group.received += receiveds[row]
                    group.any_received = True
                # A WebSocket would count for as long as its connection was open.
                if has_time[row] and code != UPGRADED:
                    if group.timed == 0 or took[row] > group.longest:
                        group.longest = took[row]
                    group.timed += 1
                    self.whose[self.timed] = which
                    self.times[self.timed] = took[row]
                    self.timed += 1
        if failed:
            raise MemoryError

    cdef bytes _text(self, Py_ssize_t which):
        return PyBytes_FromStringAndSize(
            <char *> self.arena + self.groups[which].begin, self.groups[which].size
        )

    def names(self):
        cdef Py_ssize_t each
        return {
            self._text(each).decode(): self.groups[each].n for each in range(1, self.texts)
        }

    def rename(self, dict names):
        cdef Py_ssize_t each, row
        cdef int32_t *now = <int32_t *> malloc(self.texts * sizeof(int32_t))
        cdef Py_ssize_t texts = self.texts
        cdef Group *into
        cdef Group *of
        if not now:
            raise MemoryError
        try:
            now[NOTHING] = NOTHING
            for each in range(1, texts):
                other = names.get(self._text(each).decode())
                if other is None:
                    now[each] = <int32_t> each
                    continue
                now[each] = self._named(other.encode())
                if now[each] < 0:
                    raise MemoryError
                into, of = &self.groups[now[each]], &self.groups[each]
                if of.timed and (into.timed == 0 or of.longest > into.longest):
                    into.longest = of.longest
                into.n += of.n
                into.timed += of.timed
                into.sent += of.sent
                into.received += of.received
                into.client_errors += of.client_errors
                into.server_errors += of.server_errors
                into.any_sent |= of.any_sent
                into.any_received |= of.any_received
                of.n = of.timed = 0
            for row in range(self.timed):
                if self.whose[row] < texts:
                    self.whose[row] = now[self.whose[row]]
        finally:
            free(now)

    cdef object _rank(self, Py_ssize_t which, str sort):
        cdef Group *group = &self.groups[which]
        if sort == "count":
            return group.n
        if sort == "errors":
            return group.server_errors
        if sort == "error-share":
            return group.server_errors * 1.0 / group.n
        if sort == "bytes":
            return group.sent if group.any_sent else -1
        return group.longest if group.timed else -1

    def groups_in_all(self):
        cdef Py_ssize_t each, found = 0
        for each in range(self.texts):
            found += self.groups[each].n > 0
        return found

    def leaders(self, str sort, Py_ssize_t limit):
        cdef Py_ssize_t each
        cdef int64_t least = 0
        cdef list found = []
        if sort not in SORTS:
            raise ValueError(sort)
        if limit < 1:
            return []
        # So many requests, or more, have the first ones; what has fewer need not be looked at.
        if sort == "count":
            least = self._nth(limit)
        for each in range(self.texts):
            if self.groups[each].n > 0 and self.groups[each].n >= least:
                found.append(each)
        found.sort(key=lambda one: (self._rank(one, sort), self.groups[one].n), reverse=True)
        if len(found) > limit:
            # Of equal ones the texts decide.
            last = (self._rank(found[limit - 1], sort), self.groups[found[limit - 1]].n)
            found = [
                one for one in found if (self._rank(one, sort), self.groups[one].n) >= last
            ]
        found.sort(key=lambda one: self._text(one))
        found.sort(key=lambda one: (self._rank(one, sort), self.groups[one].n), reverse=True)
        return found[:limit]

    cdef int64_t _nth(self, Py_ssize_t limit):
        """A number of requests that at least so many groups have, within a factor of two."""
        cdef Py_ssize_t each
        cdef int64_t bound = 1
        cdef Py_ssize_t above
        while True:
            above = 0
            for each in range(self.texts):
                above += self.groups[each].n >= 2 * bound
            if above < limit:
                break
            bound *= 2
        return bound

    def rows(self, list which):
        cdef Py_ssize_t each
        cdef uint8_t *wanted = <uint8_t *> calloc(self.texts, 1)
        cdef list found = []
        cdef Group *group
        if not wanted:
            raise MemoryError
        try:
            for each in which:
                if not 0 <= each < self.texts:
                    raise IndexError(each)
                wanted[each] = 1
                group = &self.groups[each]
                found.append(
                    (
                        None if each == NOTHING else self._text(each).decode(),
                        None,
                        group.n - group.timed,
                        group.sent if group.any_sent else None,
                        group.received if group.any_received else None,
                        group.client_errors,
                        group.server_errors,
                    )
                )
            return found + self._pairs(wanted)
        finally:
            free(wanted)

    def columns(self):
        cdef Py_ssize_t each, count = self.texts
        cdef Group *group
        cdef list names = ["n", "sent", "received", "client_errors", "server_errors"]
        cdef list made = [PyBytes_FromStringAndSize(NULL, count * sizeof(int64_t)) for _ in names]
        cdef bytes any_sent = PyBytes_FromStringAndSize(NULL, count)
        cdef bytes any_received = PyBytes_FromStringAndSize(NULL, count)
        cdef bytes begins = PyBytes_FromStringAndSize(NULL, (count + 1) * sizeof(int64_t))
        cdef int64_t *offsets = <int64_t *> <char *> begins
        cdef int64_t *n = <int64_t *> <char *> made[0]
        cdef int64_t *sent = <int64_t *> <char *> made[1]
        cdef int64_t *received = <int64_t *> <char *> made[2]
        cdef int64_t *client_errors = <int64_t *> <char *> made[3]
        cdef int64_t *server_errors = <int64_t *> <char *> made[4]
        cdef char *has_sent = any_sent
        cdef char *has_received = any_received
        offsets[0] = 0
        for each in range(count):
            group = &self.groups[each]
            offsets[each + 1] = group.begin + group.size
            n[each] = group.n - group.timed
            sent[each] = group.sent
            received[each] = group.received
            client_errors[each] = group.client_errors
            server_errors[each] = group.server_errors
            has_sent[each] = group.any_sent
            has_received[each] = group.any_received
        return {
            "offsets": begins,
            "texts": <const uint8_t[:self.arena_size or 1]> self.arena,
            "whose": <const int32_t[:self.timed or 1]> self.whose,
            "times": <const double[:self.timed or 1]> self.times,
            "any_sent": any_sent,
            "any_received": any_received,
            **dict(zip(names, made)),
        }

    cdef list _pairs(self, const uint8_t *wanted):
        """Each time of these groups once, with how many requests took so long."""
        cdef Py_ssize_t size = 1 << 14, mask = size - 1, used = 0, row, spot, other
        cdef Py_ssize_t *places = <Py_ssize_t *> malloc(size * sizeof(Py_ssize_t))
        cdef int64_t *counts = <int64_t *> malloc(size * sizeof(int64_t))
        cdef Py_ssize_t *wider
        cdef int64_t *more
        cdef uint64_t bits
        cdef double took
        cdef list found = []
        cdef dict names = {}
        try:
            if not (places and counts):
                raise MemoryError
            memset(places, 255, size * sizeof(Py_ssize_t))
            for row in range(self.timed):
                if not wanted[self.whose[row]]:
                    continue
                took = self.times[row]
                memcpy(&bits, &took, 8)
                spot = mixed(bits ^ self.seed, self.whose[row] + 0x9E3779B97F4A7C15ULL) & mask
                while places[spot] >= 0 and not (
                    self.whose[places[spot]] == self.whose[row]
                    and self.times[places[spot]] == took
                ):
                    spot = (spot + 1) & mask
                if places[spot] >= 0:
                    counts[spot] += 1
                    continue
                places[spot] = row
                counts[spot] = 1
                used += 1
                if 2 * used > size:
                    wider = <Py_ssize_t *> malloc(2 * size * sizeof(Py_ssize_t))
                    more = <int64_t *> malloc(2 * size * sizeof(int64_t))
                    if not (wider and more):
                        free(wider)
                        free(more)
                        raise MemoryError
                    memset(wider, 255, 2 * size * sizeof(Py_ssize_t))
                    mask = 2 * size - 1
                    for other in range(size):
                        if places[other] < 0:
                            continue
                        took = self.times[places[other]]
                        memcpy(&bits, &took, 8)
                        spot = mixed(
                            bits ^ self.seed,
                            self.whose[places[other]] + 0x9E3779B97F4A7C15ULL,
                        ) & mask
                        while wider[spot] >= 0:
                            spot = (spot + 1) & mask
                        wider[spot] = places[other]
                        more[spot] = counts[other]
                    free(places)
                    free(counts)
                    places, counts, size = wider, more, 2 * size
            for spot in range(size):
                if places[spot] >= 0:
                    row = places[spot]
                    other = self.whose[row]
                    if other not in names:
                        names[other] = None if other == NOTHING else self._text(other).decode()
                    found.append((names[other], self.times[row], counts[spot], None, None, 0, 0))
        finally:
            free(places)
            free(counts)
        return found
