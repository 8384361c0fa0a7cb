// Base64 (RFC 4648, section 4) for any processor: one table, four characters a step.

#include "kernels.h"

#define NOT_IN_ALPHABET -1
#define X NOT_IN_ALPHABET
#define X16 X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X

static const int8_t value_of[256] = {
    X16, X16,
    X, X, X, X, X, X, X, X, X, X, X, 62, X, X, X, 63,
    52, 53, 54, 55, 56, 57, 58, 59, 60, 61, X, X, X, X, X, X,
    X, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14,
    15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, X, X, X, X, X,
    X, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40,
    41, 42, 43, 44, 45, 46, 47, 48, 49, 50, 51, X, X, X, X, X,
    X16, X16, X16, X16, X16, X16, X16, X16,
};

oriole_base64_run oriole_base64_decode_plain(const uint8_t *text, size_t count, uint8_t *output) {
    size_t read = 0, written = 0;
    for (; read + 4 <= count; read += 4, written += 3) {
        const uint8_t *c = text + read;
        int a = value_of[c[0]], b = value_of[c[1]], d = value_of[c[2]], e = value_of[c[3]];
        if ((a | b | d | e) < 0) break;
        uint32_t group = (uint32_t)a << 18 | (uint32_t)b << 12 | (uint32_t)d << 6 | (uint32_t)e;
        output[written] = (uint8_t)(group >> 16);
        output[written + 1] = (uint8_t)(group >> 8);
        output[written + 2] = (uint8_t)group;
    }
    return (oriole_base64_run){read, written};
}
