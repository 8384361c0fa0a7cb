#include <math.h>
#include "kernels.h"

const oriole_kernels *oriole_kernels_for(oriole_simd level) {
    switch (level) {
    case ORIOLE_SIMD_PLAIN:
        return &oriole_kernels_plain;
#if defined(__x86_64__)
    case ORIOLE_SIMD_AVX2:
        return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") ? &oriole_kernels_avx2 : NULL;
    case ORIOLE_SIMD_AVX512:
        return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl")
                && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq")
                && __builtin_cpu_supports("avx512vbmi")
            ? &oriole_kernels_avx512 : NULL;
#endif
    default:
        return NULL;
    }
}

void oriole_fft_fill_twiddles(const oriole_fft *fft, int lanes, float *twiddles) {
    for (int column = 0; column < fft->columns; column += lanes)
        for (int row = 0; row < fft->rows; row++)
            for (int lane = 0; lane < lanes; lane++) {
                double turn = -2 * M_PI * row * (column + lane) / fft->size;
                float *at = twiddles + (column * fft->rows + row * lanes) * 2 + lane;
                at[0] = (float)cos(turn);
                at[lanes] = (float)sin(turn);
            }
}
