// The kernels for processors with AVX2 and fused multiply-add (x86-64-v3).

#if defined(__x86_64__)

#include <string.h>
#include "kernels.h"

#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#define LANES 8
#define POLYPHASE_VECTORS 1
#define POLYPHASE_BATCH 6
#include "templates.inc.h"
#pragma clang attribute pop

const oriole_kernels oriole_kernels_avx2 = KERNELS("avx2", oriole_base64_decode_avx2);

#endif
