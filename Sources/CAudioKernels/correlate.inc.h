// Correlations for finding the pitch: many lags side by side.

/// How many lags are worked at once: enough that no sum waits for the one before it.
enum { CORRELATED_LAGS = 4 * LANES };

static void correlate(const float *x, const float *y, size_t count, float *sums, size_t lags) {
    for (size_t lag = 0; lag < lags; lag += CORRELATED_LAGS) {
        lanes sum[4] = {{0}};
        for (size_t i = 0; i < count; i++)
            UNROLL for (int j = 0; j < 4; j++) sum[j] += x[i] * load_anywhere(y + i + lag + j * LANES);
        size_t rest = lags - lag < CORRELATED_LAGS ? lags - lag : CORRELATED_LAGS;
        memcpy(sums + lag, sum, rest * sizeof(float));
    }
}
