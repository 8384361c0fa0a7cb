// Base64 with AVX-512 VBMI: one permutation looks up 64 characters, another packs 64 values into 48 bytes.

#if defined(__x86_64__)

#include <immintrin.h>
#include "kernels.h"

#define TARGET target("avx512f,avx512bw,avx512vbmi")
#define VBMI __attribute__((TARGET))
#define INLINE_VBMI static inline __attribute__((TARGET, always_inline))

/// The 6-bit value of every 7-bit character, or 0x80.
#define X 0x80
static const uint8_t value_of[128] __attribute__((aligned(64))) = {
    X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X,
    X, X, X, X, X, X, X, X, X, X, X, 62, X, X, X, 63, 52, 53, 54, 55, 56, 57, 58, 59, 60, 61, X, X, X, X, X, X,
    X, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, X, X, X, X, X,
    X, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40, 41, 42, 43, 44, 45, 46, 47, 48, 49, 50, 51,
    X, X, X, X, X,
};

/// Which byte of the groups of 32 bits goes where: three of each four, from the highest.
static const uint8_t packed_order[64] __attribute__((aligned(64))) = {
    2, 1, 0, 6, 5, 4, 10, 9, 8, 14, 13, 12, 18, 17, 16, 22, 21, 20, 26, 25, 24, 30, 29, 28,
    34, 33, 32, 38, 37, 36, 42, 41, 40, 46, 45, 44, 50, 49, 48, 54, 53, 52, 58, 57, 56, 62, 61, 60,
};

INLINE_VBMI __m512i values_of(__m512i characters) {
    return _mm512_permutex2var_epi8(_mm512_load_si512(value_of), characters, _mm512_load_si512(value_of + 64));
}

INLINE_VBMI __m512i packed(__m512i values) {
    __m512i pairs = _mm512_maddubs_epi16(values, _mm512_set1_epi32(0x01400140));
    __m512i groups = _mm512_madd_epi16(pairs, _mm512_set1_epi32(0x00011000));
    return _mm512_permutexvar_epi8(_mm512_load_si512(packed_order), groups);
}

/// a | b | c in one instruction.
INLINE_VBMI __m512i any(__m512i a, __m512i b, __m512i c) { return _mm512_ternarylogic_epi64(a, b, c, 0xFE); }

VBMI oriole_base64_run oriole_base64_decode_vbmi(const uint8_t *text, size_t count, uint8_t *output) {
    size_t read = 0, written = 0;
    // A store writes 64 bytes for 48: stop while the 16 extra still lie within 3/4 of what remains.
    for (; read + 256 + 32 <= count; read += 256, written += 192) {
        __m512i a = _mm512_loadu_si512(text + read), b = _mm512_loadu_si512(text + read + 64);
        __m512i c = _mm512_loadu_si512(text + read + 128), d = _mm512_loadu_si512(text + read + 192);
        __m512i va = values_of(a), vb = values_of(b), vc = values_of(c), vd = values_of(d);
        // A set high bit, in the character or in its value, is a byte outside the alphabet.
        __m512i bad = any(any(a, b, c), any(d, va, vb), _mm512_or_si512(vc, vd));
        if (_mm512_movepi8_mask(bad)) break;
        _mm512_storeu_si512(output + written, packed(va));
        _mm512_storeu_si512(output + written + 48, packed(vb));
        _mm512_storeu_si512(output + written + 96, packed(vc));
        _mm512_storeu_si512(output + written + 144, packed(vd));
    }
    for (; read + 64 + 32 <= count; read += 64, written += 48) {
        __m512i a = _mm512_loadu_si512(text + read), va = values_of(a);
        if (_mm512_movepi8_mask(_mm512_or_si512(a, va))) break;
        _mm512_storeu_si512(output + written, packed(va));
    }
    oriole_base64_run rest = oriole_base64_decode_plain(text + read, count - read, output + written);
    return (oriole_base64_run){read + rest.consumed, written + rest.produced};
}

#endif
