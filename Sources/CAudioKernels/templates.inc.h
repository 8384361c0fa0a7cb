// All kernels that are written once for every instruction set.

#include "vector.h"
#include "roots.h"
#include "fft.inc.h"
#include "polyphase.inc.h"
#include "samples.inc.h"
#include "loudness.inc.h"
#include "correlate.inc.h"
#include "table.inc.h"
