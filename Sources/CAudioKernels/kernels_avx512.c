// The kernels for processors with AVX-512 and its byte permutations (VBMI).
//
// Transforms keep vectors of eight: twice the registers help them more than twice the width.

#if defined(__x86_64__)

#include <string.h>
#include "kernels.h"

#pragma clang attribute push( \
    __attribute__((target("avx512f,avx512vl,avx512bw,avx512dq,avx2,fma"), min_vector_width(512))), apply_to = function)
#define LANES 8
#define POLYPHASE_VECTORS 2
#define POLYPHASE_BATCH 8
#include "templates.inc.h"
#pragma clang attribute pop

const oriole_kernels oriole_kernels_avx512 = KERNELS("avx512", oriole_base64_decode_vbmi);

#endif
