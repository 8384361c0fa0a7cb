// The kernels for any processor: SSE2 on x86-64, NEON on ARM.

#include <string.h>
#include "kernels.h"

#define LANES 4
#define POLYPHASE_VECTORS 1
#define POLYPHASE_BATCH 2
#include "templates.inc.h"

const oriole_kernels oriole_kernels_plain = KERNELS("plain", oriole_base64_decode_plain);
