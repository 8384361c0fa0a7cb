// One table for each instruction set, and the base64 decoders, which are not built from the shared templates.

#include "CAudioKernels.h"

extern const oriole_kernels oriole_kernels_plain;
#if defined(__x86_64__)
extern const oriole_kernels oriole_kernels_avx2;
extern const oriole_kernels oriole_kernels_avx512;
#endif

oriole_base64_run oriole_base64_decode_plain(const uint8_t *text, size_t count, uint8_t *output);
oriole_base64_run oriole_base64_decode_avx2(const uint8_t *text, size_t count, uint8_t *output);
oriole_base64_run oriole_base64_decode_vbmi(const uint8_t *text, size_t count, uint8_t *output);
