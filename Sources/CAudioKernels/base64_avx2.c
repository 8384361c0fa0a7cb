// Base64 with AVX2: 32 characters become 24 bytes in a handful of instructions.
//
// The method is that of Muła and Lemire, "Faster Base64 Encoding and Decoding using AVX2 Instructions" (2018): the
// high and low half of each character look up bit sets, and a character is valid when the two sets do not meet.

#if defined(__x86_64__)

#include <immintrin.h>
#include "kernels.h"

#define AVX2 __attribute__((target("avx2")))
#define INLINE_AVX2 static inline __attribute__((target("avx2"), always_inline))

#define TWICE(...) _mm256_setr_epi8(__VA_ARGS__, __VA_ARGS__)

/// Turns 32 characters into 6-bit values; `bad` collects a bit for every character outside the alphabet.
INLINE_AVX2 __m256i values_of(__m256i characters, __m256i *bad) {
    const __m256i low_sets = TWICE(
        0x15, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x13, 0x1A, 0x1B, 0x1B, 0x1B, 0x1A);
    const __m256i high_sets = TWICE(
        0x10, 0x10, 0x01, 0x02, 0x04, 0x08, 0x04, 0x08, 0x10, 0x10, 0x10, 0x10, 0x10, 0x10, 0x10, 0x10);
    const __m256i shifts = TWICE(0, 16, 19, 4, -65, -65, -71, -71, 0, 0, 0, 0, 0, 0, 0, 0);
    const __m256i slash = _mm256_set1_epi8(0x2F);
    __m256i high = _mm256_and_si256(_mm256_srli_epi32(characters, 4), slash);
    __m256i low = _mm256_and_si256(characters, slash);
    __m256i meet = _mm256_and_si256(_mm256_shuffle_epi8(low_sets, low), _mm256_shuffle_epi8(high_sets, high));
    *bad = _mm256_or_si256(*bad, meet);
    // The slash shares its high half with '+' but needs another shift: one row up in the table.
    __m256i row = _mm256_add_epi8(_mm256_cmpeq_epi8(characters, slash), high);
    return _mm256_add_epi8(characters, _mm256_shuffle_epi8(shifts, row));
}

/// Packs 32 values of six bits into 24 bytes at the front of the result.
INLINE_AVX2 __m256i packed(__m256i values) {
    const __m256i in_half = TWICE(2, 1, 0, 6, 5, 4, 10, 9, 8, 14, 13, 12, -1, -1, -1, -1);
    __m256i pairs = _mm256_maddubs_epi16(values, _mm256_set1_epi32(0x01400140));
    __m256i groups = _mm256_madd_epi16(pairs, _mm256_set1_epi32(0x00011000));
    return _mm256_permutevar8x32_epi32(
        _mm256_shuffle_epi8(groups, in_half), _mm256_setr_epi32(0, 1, 2, 4, 5, 6, -1, -1));
}

INLINE_AVX2 __m256i read_at(const uint8_t *p) { return _mm256_loadu_si256((const __m256i *)p); }
INLINE_AVX2 void write_at(uint8_t *p, __m256i v) { _mm256_storeu_si256((__m256i *)p, v); }

AVX2 oriole_base64_run oriole_base64_decode_avx2(const uint8_t *text, size_t count, uint8_t *output) {
    size_t read = 0, written = 0;
    // A store writes 32 bytes for 24: stop while the 8 extra still lie within 3/4 of what remains.
    for (; read + 128 + 16 <= count; read += 128, written += 96) {
        __m256i bad = _mm256_setzero_si256();
        __m256i a = values_of(read_at(text + read), &bad), b = values_of(read_at(text + read + 32), &bad);
        __m256i c = values_of(read_at(text + read + 64), &bad), d = values_of(read_at(text + read + 96), &bad);
        if (!_mm256_testz_si256(bad, bad)) break;
        write_at(output + written, packed(a));
        write_at(output + written + 24, packed(b));
        write_at(output + written + 48, packed(c));
        write_at(output + written + 72, packed(d));
    }
    for (; read + 32 + 16 <= count; read += 32, written += 24) {
        __m256i bad = _mm256_setzero_si256();
        __m256i a = values_of(read_at(text + read), &bad);
        if (!_mm256_testz_si256(bad, bad)) break;
        write_at(output + written, packed(a));
    }
    oriole_base64_run rest = oriole_base64_decode_plain(text + read, count - read, output + written);
    return (oriole_base64_run){read + rest.consumed, written + rest.produced};
}

#endif
