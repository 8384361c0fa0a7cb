// Direct polyphase filtering as a small matrix product: sixteen outputs are sixteen columns of taps times one stretch
// of input, and several blocks of input share each row of taps while it is in registers.

typedef float lanes16 __attribute__((vector_size(64)));
typedef float lanes16_anywhere __attribute__((vector_size(64), aligned(4)));

INLINE void polyphase_batch(
    const int blocks, const float *taps, size_t rows, const float *x, ptrdiff_t x_stride, float *y,
    ptrdiff_t y_stride
) {
    lanes16 sum[POLYPHASE_BATCH];
    UNROLL for (int b = 0; b < blocks; b++) sum[b] = (lanes16){0};
    for (size_t row = 0; row < rows; row++) {
        lanes16 tap = *(const lanes16 *)(taps + 16 * row);
        UNROLL for (int b = 0; b < blocks; b++) sum[b] += tap * x[b * x_stride + (ptrdiff_t)row];
    }
    UNROLL for (int b = 0; b < blocks; b++) *(lanes16_anywhere *)(y + b * y_stride) = sum[b];
}

static void polyphase(
    const float *taps, size_t rows, const float *x, ptrdiff_t x_stride, float *y, ptrdiff_t y_stride, size_t blocks
) {
    while (blocks > 0) {
        size_t batch = blocks >= POLYPHASE_BATCH ? POLYPHASE_BATCH : blocks >= POLYPHASE_BATCH / 2 ? POLYPHASE_BATCH / 2 : 1;
        if (batch == POLYPHASE_BATCH)
            polyphase_batch(POLYPHASE_BATCH, taps, rows, x, x_stride, y, y_stride);
        else if (batch > 1)
            polyphase_batch(POLYPHASE_BATCH / 2, taps, rows, x, x_stride, y, y_stride);
        else
            polyphase_batch(1, taps, rows, x, x_stride, y, y_stride);
        x += (ptrdiff_t)batch * x_stride;
        y += (ptrdiff_t)batch * y_stride;
        blocks -= batch;
    }
}
