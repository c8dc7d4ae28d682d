"""Texts as numbers: each distinct value once; see the stub."""

from cpython.bytes cimport PyBytes_FromStringAndSize
from libc.stdint cimport int32_t, int64_t, uint8_t, uint64_t
from libc.stdlib cimport free, malloc
from libc.string cimport memcmp, memcpy, memset

import os

from offcall.accesslogs.reading.bytes_ cimport hashed

__all__ = ["Encoder"]

cdef enum:
    DASH = 45

# Whoever writes paths to fill one place of a table must not know where they go.
SEED = int.from_bytes(os.urandom(8), "little")


cdef class Encoder:
    """Makes dictionaries for batches of at most so many rows; not for two threads at once."""

    cdef Py_ssize_t rows
    cdef Py_ssize_t mask
    cdef int32_t *table
    cdef int32_t *firsts
    cdef uint64_t *hashes
    cdef uint64_t seed

    def __cinit__(self, Py_ssize_t rows):
        self.rows = rows
        self.mask = (1 << (2 * max(rows, 1) - 1).bit_length()) - 1
        self.table = <int32_t *> malloc((self.mask + 1) * sizeof(int32_t))
        self.firsts = <int32_t *> malloc(max(rows, 1) * sizeof(int32_t))
        self.hashes = <uint64_t *> malloc(max(rows, 1) * sizeof(uint64_t))
        self.seed = SEED
        if not (self.table and self.firsts and self.hashes):
            raise MemoryError

    def __dealloc__(self):
        free(self.table)
        free(self.firsts)
        free(self.hashes)

    def encode(
        self,
        const uint8_t[::1] text,
        const int32_t[::1] starts,
        const int32_t[::1] ends,
        Py_ssize_t rows,
        int32_t[::1] codes,
        uint8_t[::1] valid,
    ):
        cdef Py_ssize_t row, at, size, spot, distinct = 0, other
        cdef uint64_t digest
        cdef int32_t known
        cdef const uint8_t *data
        if min(starts.shape[0], ends.shape[0], codes.shape[0], valid.shape[0], self.rows) < rows:
            raise ValueError("too little room")
        if rows == 0:
            return 0
        data = &text[0] if text.shape[0] else NULL
        with nogil:
            memset(self.table, 255, (self.mask + 1) * sizeof(int32_t))
            for row in range(rows):
                at = starts[row]
                size = ends[row] - at
                codes[row] = 0
                valid[row] = at >= 0 and not (size == 1 and data[at] == DASH)
                if not valid[row]:
                    continue
                digest = hashed(data + at, size, self.seed)
                spot = digest & self.mask
                while True:
                    known = self.table[spot]
                    if known < 0:
                        self.table[spot] = <int32_t> distinct
                        self.hashes[distinct] = digest
                        self.firsts[distinct] = <int32_t> row
                        codes[row] = <int32_t> distinct
                        distinct += 1
                        break
                    other = self.firsts[known]
                    if (
                        self.hashes[known] == digest
                        and ends[other] - starts[other] == size
                        and memcmp(data + starts[other], data + at, size) == 0
                    ):
                        codes[row] = known
                        break
                    spot = (spot + 1) & self.mask
        return distinct

    def values(
        self,
        const uint8_t[::1] text,
        const int32_t[::1] starts,
        const int32_t[::1] ends,
        Py_ssize_t count,
    ):
        cdef Py_ssize_t each, size = 0, place
        cdef int32_t *offsets
        cdef char *into
        cdef uint8_t seen = 0
        cdef bytes places = PyBytes_FromStringAndSize(NULL, (count + 1) * sizeof(int32_t))
        offsets = <int32_t *> <char *> places
        offsets[0] = 0
        for each in range(count):
            size += ends[self.firsts[each]] - starts[self.firsts[each]]
            offsets[each + 1] = <int32_t> size
        cdef bytes out = PyBytes_FromStringAndSize(NULL, size)
        into = <char *> out
        for each in range(count):
            if offsets[each + 1] > offsets[each]:
                memcpy(
                    into + offsets[each],
                    &text[starts[self.firsts[each]]],
                    offsets[each + 1] - offsets[each],
                )
        for place in range(size):
            seen |= <uint8_t> into[place]
        return places, out, seen < 128
