"""What the compiled modules share: finding bytes, and hashing them."""

from libc.stdint cimport uint8_t, uint64_t
from libc.string cimport memchr, memcpy

cdef extern from *:
    """
    #include <stdint.h>
    #include <string.h>

    /* Where `byte` first stands in text[start:end]; `end` if nowhere. Most fields are short: the
       first eight bytes are looked at here, eight in one step, and the rest by the C library,
       which looks at 32. `limit` is where the text may be read to. */
    static inline Py_ssize_t offcall_find(
        const uint8_t *text, uint8_t byte, Py_ssize_t start, Py_ssize_t end, Py_ssize_t limit)
    {
        const uint8_t *found;
        if (start >= end)
            return end;
    #if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
        if (start + 8 <= limit) {
            uint64_t word, zeros;
            memcpy(&word, text + start, 8);
            word ^= 0x0101010101010101ULL * byte;
            zeros = (word - 0x0101010101010101ULL) & ~word & 0x8080808080808080ULL;
            if (zeros) {
                start += __builtin_ctzll(zeros) >> 3;
                return start < end ? start : end;
            }
            start += 8;
            if (start >= end)
                return end;
        }
    #endif
        found = (const uint8_t *) memchr(text + start, byte, end - start);
        return found ? found - text : end;
    }

    static inline uint64_t offcall_mix(uint64_t one, uint64_t other)
    {
        unsigned __int128 product = (unsigned __int128) one * other;
        return (uint64_t) product ^ (uint64_t) (product >> 64);
    }

    /* In the manner of wyhash: fast, and not to be foreseen by whoever does not know the seed. */
    static inline uint64_t offcall_hash(const uint8_t *text, Py_ssize_t size, uint64_t seed)
    {
        uint64_t word, state = seed ^ ((uint64_t) size * 0x9E3779B97F4A7C15ULL);
        while (size >= 8) {
            memcpy(&word, text, 8);
            state = offcall_mix(state ^ word, 0xA0761D6478BD642FULL ^ seed);
            text += 8;
            size -= 8;
        }
        if (size) {
            word = 0;
            memcpy(&word, text, size);
            state = offcall_mix(state ^ word, 0xE7037ED1A0B428DBULL ^ seed);
        }
        return offcall_mix(state, 0x8EBC6AF09C88C6E3ULL);
    }
    """
    Py_ssize_t find "offcall_find" (
        const uint8_t *text, uint8_t byte, Py_ssize_t start, Py_ssize_t end, Py_ssize_t limit
    ) noexcept nogil
    uint64_t hashed "offcall_hash" (
        const uint8_t *text, Py_ssize_t size, uint64_t seed
    ) noexcept nogil
    uint64_t mixed "offcall_mix" (uint64_t one, uint64_t other) noexcept nogil
