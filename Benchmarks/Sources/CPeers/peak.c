// The most multiply-adds that a core can do: twelve independent chains of vectors, nothing loaded, nothing stored.

#include "CPeers.h"

typedef float vector16 __attribute__((vector_size(64)));
typedef float vector8 __attribute__((vector_size(32)));
typedef float vector4 __attribute__((vector_size(16)));

enum { chains = 12, steps = 1000000 };
static volatile float sink;

#define DEFINE_PEAK(NAME, VECTOR, WIDTH, ATTRIBUTE)                                              \
    ATTRIBUTE static double NAME(void) {                                                         \
        VECTOR sum[chains], factor = {0}, addend = {0};                                          \
        for (int i = 0; i < WIDTH; i++) factor[i] = 0.999f + 0.0001f * sink, addend[i] = 0.001f; \
        for (int c = 0; c < chains; c++) sum[c] = addend * (float)c;                             \
        for (int s = 0; s < steps; s++)                                                          \
            _Pragma("clang loop unroll(full)") for (int c = 0; c < chains; c++)                  \
                sum[c] = sum[c] * factor + addend;                                               \
        for (int c = 1; c < chains; c++) sum[0] += sum[c];                                       \
        sink = sum[0][0];                                                                        \
        return (double)steps * chains * WIDTH;                                                   \
    }

DEFINE_PEAK(peak_plain, vector4, 4, )
#if defined(__x86_64__)
DEFINE_PEAK(peak_avx2, vector8, 8, __attribute__((target("avx2,fma"))))
DEFINE_PEAK(peak_avx512, vector16, 16, __attribute__((target("avx512f,fma"), min_vector_width(512))))
#endif

int peer_has_avx512(void) {
#if defined(__x86_64__)
    return __builtin_cpu_supports("avx512vbmi") != 0;
#else
    return 0;
#endif
}

double peer_multiply_adds(void) {
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx512f")) return peak_avx512();
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return peak_avx2();
#endif
    return peak_plain();
}
