#ifndef ORIOLE_AUDIO_KERNELS_H
#define ORIOLE_AUDIO_KERNELS_H

// The few hot loops of the toolkit, each written once and compiled for several instruction sets.
//
// Every function here is pure: it reads and writes only through its arguments, allocates nothing and keeps nothing.
// Plans, tables and buffers belong to the caller (AudioCore, in Swift).

#include <stddef.h>
#include <stdint.h>

#pragma clang assume_nonnull begin

// MARK: - Fast Fourier transforms

/// Transforms `size` complex numbers, natural order in and out: X[k] = Σ x[n]·exp(−2πi·nk/size).
///
/// `re` and `im` may be anywhere, with a vector's worth of readable floats behind them; the outputs, `twiddles` and
/// `scratch` (of the size that the transform says) are aligned to 64 bytes.
typedef void (*oriole_fft_transform)(
    const float *re, const float *im, float *out_re, float *out_im, const float *twiddles, float *scratch);

/// A transform of size rows · columns.
typedef struct oriole_fft {
    int size;
    int rows;
    int columns;
    /// Floats of scratch, and of twiddle factors.
    int work_floats;
    oriole_fft_transform transform;
} oriole_fft;

// MARK: - Base64

/// What a run of base64 decoding did.
typedef struct oriole_base64_run {
    /// Characters read: a multiple of four, all of the alphabet.
    size_t consumed;
    /// Bytes written.
    size_t produced;
} oriole_base64_run;

// MARK: - Loudness

/// The K-weighting filter of ITU-R BS.1770 as a block of eight steps: out = feed · in + read · state, then
/// state = move · state + take · in. All matrices are stored by columns.
typedef struct oriole_kweighting {
    double feed[8][8];
    double read[4][8];
    double move[4][4];
    double take[8][4];
} oriole_kweighting;

// MARK: - The table

/// One instruction set's version of every kernel.
typedef struct oriole_kernels {
    const char *name;
    /// How many floats of a transform sit side by side: the layout of its twiddles depends on it.
    int fft_lanes;
    const oriole_fft *ffts;
    int fft_count;

    /// spectrum_out = spectrum_in · gain, bin by bin; real and imaginary parts apart.
    void (*scale_bins)(const float *in, const float *gain, float *out, size_t count);

    /// How many outputs of a direct filter are worked side by side: the layout of its taps depends on it.
    int polyphase_lanes;
    /// A group of outputs of each of `blocks` blocks: y[b][lane] = Σ taps[row][lane] · x[b][row].
    ///
    /// A lane's sum always runs over the rows in order, so that the result does not depend on how many blocks are
    /// worked at once. `taps` is aligned to 64 bytes.
    void (*polyphase)(const float *taps, size_t rows, const float *x, ptrdiff_t x_stride, float *y,
        ptrdiff_t y_stride, size_t blocks);

    void (*s16_to_f32)(const void *bytes, float *samples, size_t count);
    void (*s24_to_f32)(const void *bytes, float *samples, size_t count);
    void (*s32_to_f32)(const void *bytes, float *samples, size_t count);
    void (*f32_to_s16)(const float *samples, void *bytes, size_t count);
    void (*f32_to_s24)(const float *samples, void *bytes, size_t count);
    void (*f32_to_s32)(const float *samples, void *bytes, size_t count);
    /// The mean of the two channels of interleaved frames.
    void (*f32_stereo_to_mono)(const float *stereo, float *mono, size_t frames);
    /// Nonzero when every sample is a finite number.
    int (*all_finite)(const float *samples, size_t count);

    /// Filters `count` samples (a multiple of 8) and returns the sum of the squares of the result.
    double (*kweighted_energy)(
        const oriole_kweighting *filter, double *state, const float *samples, size_t count);
    /// The largest |y| where y is `samples` filtered by `phases` rows of twelve taps.
    float (*interpolated_peak)(const float *taps, int phases, const float *samples, size_t count);

    /// sums[l] = Σ x[i] · y[i + l] for each lag below `lags`; behind the last of y that counts, 64 floats can be read.
    void (*correlate)(const float *x, const float *y, size_t count, float *sums, size_t lags);

    /// Decodes groups of four characters of the standard alphabet and stops before the first that has another byte.
    ///
    /// `output` has room for 3/4 of `count`, and up to 64 bytes past what is produced may be overwritten within it.
    oriole_base64_run (*base64_decode)(const uint8_t *text, size_t count, uint8_t *output);
} oriole_kernels;

/// The instruction sets that kernels are written for, in rising order.
typedef enum oriole_simd {
    ORIOLE_SIMD_PLAIN = 0,
    ORIOLE_SIMD_AVX2 = 1,
    ORIOLE_SIMD_AVX512 = 2,
} oriole_simd;

/// The kernels of one instruction set, or null when this processor has not got it.
const oriole_kernels *_Nullable oriole_kernels_for(oriole_simd level);

/// Writes the twiddle factors of a transform, in the order in which its first pass reads them.
void oriole_fft_fill_twiddles(const oriole_fft *fft, int lanes, float *twiddles);

#pragma clang assume_nonnull end

#endif
