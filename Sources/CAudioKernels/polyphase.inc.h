// Direct polyphase filtering as a small matrix product: a group of outputs is as many columns of taps times one stretch
// of input, and several blocks of input share each row of taps while it is in registers.
//
// A group is POLYPHASE_VECTORS times sixteen outputs. Two vectors halve the loads of input where the multiply-adds
// outrun them, and cost rows: a wider group looks at more input.

typedef float lanes16 __attribute__((vector_size(64)));
typedef float lanes16_anywhere __attribute__((vector_size(64), aligned(4)));
typedef struct { lanes16 part[POLYPHASE_VECTORS]; } polyphase_row;

enum { POLYPHASE_LANES = 16 * POLYPHASE_VECTORS };

INLINE void add_product(polyphase_row *sum, const float *taps, float x) {
    UNROLL for (int v = 0; v < POLYPHASE_VECTORS; v++) sum->part[v] += *(const lanes16 *)(taps + 16 * v) * x;
}

INLINE void store_sum(float *y, const polyphase_row *a, const polyphase_row *b) {
    UNROLL for (int v = 0; v < POLYPHASE_VECTORS; v++) *(lanes16_anywhere *)(y + 16 * v) = a->part[v] + b->part[v];
}

// Taps are small at the ends and large in the middle. A sum from each end, which meet there, is small for most of its
// way and rounds off little: 10 dB less noise than one sum over all rows.

/// Works one end at a time: enough blocks to keep the adders busy, each row of taps loaded once for all of them.
INLINE void polyphase_batch(
    const int blocks, const float *taps, size_t rows, const float *x, ptrdiff_t x_stride, float *y,
    ptrdiff_t y_stride
) {
    polyphase_row rising[POLYPHASE_BATCH], falling[POLYPHASE_BATCH];
    const ptrdiff_t half = (ptrdiff_t)rows / 2;
    UNROLL for (int b = 0; b < blocks; b++) rising[b] = falling[b] = (polyphase_row){0};
    for (ptrdiff_t row = 0; row < half; row++)
        UNROLL for (int b = 0; b < blocks; b++)
            add_product(&rising[b], taps + POLYPHASE_LANES * row, x[b * x_stride + row]);
    for (ptrdiff_t row = (ptrdiff_t)rows - 1; row >= half; row--)
        UNROLL for (int b = 0; b < blocks; b++)
            add_product(&falling[b], taps + POLYPHASE_LANES * row, x[b * x_stride + row]);
    UNROLL for (int b = 0; b < blocks; b++) store_sum(y + b * y_stride, &rising[b], &falling[b]);
}

/// A block alone: both ends at once, since one chain of additions would wait for itself.
INLINE void polyphase_one(const float *taps, size_t rows, const float *x, float *y) {
    polyphase_row rising = {0}, falling = {0};
    for (ptrdiff_t first = 0, last = (ptrdiff_t)rows - 1; first < last; first++, last--) {
        add_product(&rising, taps + POLYPHASE_LANES * first, x[first]);
        add_product(&falling, taps + POLYPHASE_LANES * last, x[last]);
    }
    store_sum(y, &rising, &falling);
}

static void polyphase(
    const float *taps, size_t rows, const float *x, ptrdiff_t x_stride, float *y, ptrdiff_t y_stride, size_t blocks
) {
    for (; blocks >= POLYPHASE_BATCH; blocks -= POLYPHASE_BATCH) {
        polyphase_batch(POLYPHASE_BATCH, taps, rows, x, x_stride, y, y_stride);
        x += POLYPHASE_BATCH * x_stride;
        y += POLYPHASE_BATCH * y_stride;
    }
    // The number of blocks must be known where the sums are to stay in registers: a case for each rest.
#define REST(N)                                                                                 \
    case N:                                                                                     \
        polyphase_batch(N < POLYPHASE_BATCH ? N : 1, taps, rows, x, x_stride, y, y_stride); \
        break;
    switch (blocks) {
    case 1: polyphase_one(taps, rows, x, y); break;
    REST(2) REST(3) REST(4) REST(5) REST(6) REST(7)
    }
#undef REST
}
