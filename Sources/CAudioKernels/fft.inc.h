// Fourier transforms of rows · columns points (the four-step algorithm), LANES columns at a time.
//
// Pass one transforms the columns and turns each by its twiddle factors, storing transposed; pass two transforms what
// were the rows. Both passes run down the vectors, so no lane ever meets its neighbour outside the transposition.

INLINE complex_lanes c_add(complex_lanes a, complex_lanes b) { return (complex_lanes){a.re + b.re, a.im + b.im}; }
INLINE complex_lanes c_sub(complex_lanes a, complex_lanes b) { return (complex_lanes){a.re - b.re, a.im - b.im}; }
/// a · −i
INLINE complex_lanes c_minus_i(complex_lanes a) { return (complex_lanes){a.im, -a.re}; }
/// a · exp(−2πi·k/N), for the root that k stands for.
INLINE complex_lanes c_turn(complex_lanes a, root r) {
    return (complex_lanes){a.re * r.cosine + a.im * r.sine, a.im * r.cosine - a.re * r.sine};
}

// MARK: Small transforms, in place, each a straight line of code

INLINE void dft3(complex_lanes *a) {
    const float half_root_3 = 0.866025404f;
    complex_lanes sum = c_add(a[1], a[2]), difference = c_sub(a[1], a[2]);
    complex_lanes middle = {a[0].re - 0.5f * sum.re, a[0].im - 0.5f * sum.im};
    a[0] = c_add(a[0], sum);
    a[1] = (complex_lanes){middle.re + half_root_3 * difference.im, middle.im - half_root_3 * difference.re};
    a[2] = (complex_lanes){middle.re - half_root_3 * difference.im, middle.im + half_root_3 * difference.re};
}

INLINE void dft4(complex_lanes *a) {
    complex_lanes p = c_add(a[0], a[2]), q = c_sub(a[0], a[2]);
    complex_lanes r = c_add(a[1], a[3]), s = c_minus_i(c_sub(a[1], a[3]));
    a[0] = c_add(p, r);
    a[1] = c_add(q, s);
    a[2] = c_sub(p, r);
    a[3] = c_sub(q, s);
}

INLINE void dft8(complex_lanes *a) {
    const float half_root_2 = 0.707106781f;
    complex_lanes even[4] = {a[0], a[2], a[4], a[6]}, odd[4] = {a[1], a[3], a[5], a[7]};
    dft4(even);
    dft4(odd);
    complex_lanes turned[4] = {
        odd[0],
        {half_root_2 * (odd[1].re + odd[1].im), half_root_2 * (odd[1].im - odd[1].re)},
        c_minus_i(odd[2]),
        {half_root_2 * (odd[3].im - odd[3].re), -half_root_2 * (odd[3].re + odd[3].im)},
    };
    UNROLL for (int k = 0; k < 4; k++) {
        a[k] = c_add(even[k], turned[k]);
        a[k + 4] = c_sub(even[k], turned[k]);
    }
}

/// One pair of outputs of a transform of odd length: what is even in time, plus and minus what is odd.
INLINE void put_pair(complex_lanes *plus, complex_lanes *minus, complex_lanes even, complex_lanes odd) {
    *plus = (complex_lanes){even.re + odd.im, even.im - odd.re};
    *minus = (complex_lanes){even.re - odd.im, even.im + odd.re};
}

/// Odd lengths share this form: sums and differences of the inputs that face each other, weighted by cosines and sines.
#define DEFINE_ODD_DFT(SIZE, COSINES, SINES)                                                                \
    INLINE void dft##SIZE(complex_lanes *a) {                                                               \
        static const float cosines[] = COSINES, sines[] = SINES;                                            \
        complex_lanes sum[SIZE / 2 + 1], difference[SIZE / 2 + 1], first = a[0], total = a[0];              \
        UNROLL for (int n = 1; n <= SIZE / 2; n++) {                                                        \
            sum[n] = c_add(a[n], a[SIZE - n]);                                                              \
            difference[n] = c_sub(a[n], a[SIZE - n]);                                                       \
            total = c_add(total, sum[n]);                                                                   \
        }                                                                                                   \
        UNROLL for (int k = 1; k <= SIZE / 2; k++) {                                                        \
            complex_lanes even = first, odd = {0};                                                          \
            UNROLL for (int n = 1; n <= SIZE / 2; n++) {                                                    \
                float c = cosines[n * k % SIZE], s = sines[n * k % SIZE];                                   \
                even = (complex_lanes){even.re + c * sum[n].re, even.im + c * sum[n].im};                   \
                odd = (complex_lanes){odd.re + s * difference[n].re, odd.im + s * difference[n].im};        \
            }                                                                                               \
            put_pair(&a[k], &a[SIZE - k], even, odd);                                                       \
        }                                                                                                   \
        a[0] = total;                                                                                       \
    }

#define LIST(...) {__VA_ARGS__}

DEFINE_ODD_DFT(5, LIST(1, 0.309016994f, -0.809016994f, -0.809016994f, 0.309016994f),
    LIST(0, 0.951056516f, 0.587785252f, -0.587785252f, -0.951056516f))
DEFINE_ODD_DFT(7,
    LIST(1, 0.623489802f, -0.222520934f, -0.900968868f, -0.900968868f, -0.222520934f, 0.623489802f),
    LIST(0, 0.781831482f, 0.974927912f, 0.433883739f, -0.433883739f, -0.974927912f, -0.781831482f))

/// Builds dft(P·Q) of Q transforms of P points, a turn, and P transforms of Q points.
#define DEFINE_COMPOSITE_DFT(SIZE, P, Q, ORDER)                                              \
    INLINE void dft##SIZE(complex_lanes *a) {                                                \
        complex_lanes rows[SIZE];                                                            \
        UNROLL for (int q = 0; q < Q; q++) {                                                 \
            complex_lanes column[P];                                                         \
            UNROLL for (int p = 0; p < P; p++) column[p] = a[q + Q * p];                     \
            dft##P(column);                                                                  \
            UNROLL for (int p = 0; p < P; p++) {                                             \
                const root turn = roots_of_##ORDER[p * q * (ORDER / SIZE)];                  \
                rows[p * Q + q] = p * q ? c_turn(column[p], turn) : column[p];               \
            }                                                                                \
        }                                                                                    \
        UNROLL for (int p = 0; p < P; p++) {                                                 \
            dft##Q(rows + p * Q);                                                            \
            UNROLL for (int q = 0; q < Q; q++) a[p + P * q] = rows[p * Q + q];               \
        }                                                                                    \
    }

DEFINE_COMPOSITE_DFT(9, 3, 3, 72)
DEFINE_COMPOSITE_DFT(16, 4, 4, 192)
DEFINE_COMPOSITE_DFT(24, 3, 8, 192)
DEFINE_COMPOSITE_DFT(32, 4, 8, 192)
DEFINE_COMPOSITE_DFT(40, 5, 8, 80)
DEFINE_COMPOSITE_DFT(48, 3, 16, 192)
DEFINE_COMPOSITE_DFT(49, 7, 7, 49)
DEFINE_COMPOSITE_DFT(64, 8, 8, 192)
DEFINE_COMPOSITE_DFT(72, 8, 9, 72)
DEFINE_COMPOSITE_DFT(80, 5, 16, 80)

// MARK: Transposing a square of LANES by LANES

#define SHUFFLE __builtin_shufflevector

#if LANES == 8
INLINE void transpose(lanes *r) {
    lanes a[8], b[8];
    UNROLL for (int i = 0; i < 8; i += 2) {
        a[i] = SHUFFLE(r[i], r[i + 1], 0, 8, 1, 9, 4, 12, 5, 13);
        a[i + 1] = SHUFFLE(r[i], r[i + 1], 2, 10, 3, 11, 6, 14, 7, 15);
    }
    UNROLL for (int i = 0; i < 8; i += 4) {
        b[i] = SHUFFLE(a[i], a[i + 2], 0, 1, 8, 9, 4, 5, 12, 13);
        b[i + 1] = SHUFFLE(a[i], a[i + 2], 2, 3, 10, 11, 6, 7, 14, 15);
        b[i + 2] = SHUFFLE(a[i + 1], a[i + 3], 0, 1, 8, 9, 4, 5, 12, 13);
        b[i + 3] = SHUFFLE(a[i + 1], a[i + 3], 2, 3, 10, 11, 6, 7, 14, 15);
    }
    UNROLL for (int i = 0; i < 4; i++) {
        r[i] = SHUFFLE(b[i], b[i + 4], 0, 1, 2, 3, 8, 9, 10, 11);
        r[i + 4] = SHUFFLE(b[i], b[i + 4], 4, 5, 6, 7, 12, 13, 14, 15);
    }
}
#elif LANES == 4
INLINE void transpose(lanes *r) {
    lanes a = SHUFFLE(r[0], r[1], 0, 4, 1, 5), b = SHUFFLE(r[0], r[1], 2, 6, 3, 7);
    lanes c = SHUFFLE(r[2], r[3], 0, 4, 1, 5), d = SHUFFLE(r[2], r[3], 2, 6, 3, 7);
    r[0] = SHUFFLE(a, c, 0, 1, 4, 5);
    r[1] = SHUFFLE(a, c, 2, 3, 6, 7);
    r[2] = SHUFFLE(b, d, 0, 1, 4, 5);
    r[3] = SHUFFLE(b, d, 2, 3, 6, 7);
}
#endif

/// Turns LANES results of a column transform by their twiddles and stores them as LANES rows of scratch.
INLINE void store_turned_rows(
    const complex_lanes *a, const float *twiddles, float *scratch_re, float *scratch_im, ptrdiff_t stride
) {
    lanes re[LANES], im[LANES];
    UNROLL for (int j = 0; j < LANES; j++) {
        lanes c = load(twiddles + j * 2 * LANES), s = load(twiddles + j * 2 * LANES + LANES);
        re[j] = a[j].re * c - a[j].im * s;
        im[j] = a[j].re * s + a[j].im * c;
    }
    transpose(re);
    transpose(im);
    UNROLL for (int j = 0; j < LANES; j++) {
        store(scratch_re + j * stride, re[j]);
        store(scratch_im + j * stride, im[j]);
    }
}

/// The columns, rounded up to whole vectors: the lanes beyond hold numbers that nobody reads.
#define PADDED(COLUMNS) ((COLUMNS + LANES - 1) / LANES * LANES)

#define DEFINE_FFT(ROWS, COLUMNS)                                                                             \
    static void fft_##ROWS##x##COLUMNS(                                                                       \
        const float *re, const float *im, float *out_re, float *out_im, const float *twiddles, float *scratch \
    ) {                                                                                                       \
        float *scratch_im = scratch + ROWS * PADDED(COLUMNS);                                                 \
        for (int c = 0; c < COLUMNS; c += LANES) {                                                            \
            complex_lanes a[ROWS];                                                                            \
            UNROLL for (int n = 0; n < ROWS; n++)                                                             \
                a[n] = (complex_lanes){load_anywhere(re + n * COLUMNS + c), load_anywhere(im + n * COLUMNS + c)}; \
            dft##ROWS(a);                                                                                     \
            UNROLL for (int k = 0; k < ROWS; k += LANES)                                                      \
                store_turned_rows(a + k, twiddles + (c * ROWS + k * LANES) * 2,                               \
                    scratch + c * ROWS + k, scratch_im + c * ROWS + k, ROWS);                                 \
        }                                                                                                     \
        for (int d = 0; d < ROWS; d += LANES) {                                                               \
            complex_lanes b[COLUMNS];                                                                         \
            UNROLL for (int n = 0; n < COLUMNS; n++)                                                          \
                b[n] = (complex_lanes){load(scratch + n * ROWS + d), load(scratch_im + n * ROWS + d)};        \
            dft##COLUMNS(b);                                                                                  \
            UNROLL for (int k = 0; k < COLUMNS; k++) {                                                        \
                store(out_re + k * ROWS + d, b[k].re);                                                        \
                store(out_im + k * ROWS + d, b[k].im);                                                        \
            }                                                                                                 \
        }                                                                                                     \
    }

// Powers of two and three for the rates that are multiples of 8 kHz.
DEFINE_FFT(16, 24)
DEFINE_FFT(16, 32)
DEFINE_FFT(24, 24)
DEFINE_FFT(16, 48)
DEFINE_FFT(32, 32)
DEFINE_FFT(24, 48)
DEFINE_FFT(32, 48)
DEFINE_FFT(32, 64)
DEFINE_FFT(48, 48)
DEFINE_FFT(48, 64)
// Fives on their side of a ratio with 11.025 kHz, squares of seven on the other.
DEFINE_FFT(16, 40)
DEFINE_FFT(24, 49)
DEFINE_FFT(32, 40)
DEFINE_FFT(48, 49)
DEFINE_FFT(64, 40)
DEFINE_FFT(72, 49)
DEFINE_FFT(64, 80)

#define FFT(ROWS, COLUMNS) \
    {ROWS * COLUMNS, ROWS, COLUMNS, 2 * ROWS * PADDED(COLUMNS), fft_##ROWS##x##COLUMNS}

static const oriole_fft ffts[] = {
    FFT(16, 24), FFT(16, 32), FFT(24, 24), FFT(16, 40), FFT(16, 48), FFT(32, 32), FFT(24, 48), FFT(24, 49),
    FFT(32, 40), FFT(32, 48), FFT(32, 64), FFT(48, 48), FFT(48, 49), FFT(64, 40), FFT(48, 64), FFT(72, 49),
    FFT(64, 80),
};

static void scale_bins(const float *in, const float *gain, float *out, size_t count) {
    for (size_t k = 0; k < count; k++) out[k] = in[k] * gain[k];
}
