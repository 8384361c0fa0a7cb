// Sample formats to floats and back, written so that the compiler turns each loop into vectors.
//
// Full scale is 2^(bits − 1) both ways, so a round trip through float is exact for up to 24 bits. Back to integers:
// saturated, then rounded to nearest (ties to even) by adding a number so large that no fraction bits remain.

/// 1.5 · 2^23: a float in ±2^22 added to this keeps its rounded integer in the low bits.
static const float float_rounder = 12582912.f;
/// 1.5 · 2^52, the same for doubles in ±2^51.
static const double double_rounder = 6755399441055744.0;

INLINE float clamp_float(float v, float low, float high) { return v < low ? low : v > high ? high : v; }
INLINE double clamp_double(double v, double low, double high) { return v < low ? low : v > high ? high : v; }

static void s16_to_f32(const void *bytes, float *samples, size_t count) {
    const uint8_t *p = bytes;
    for (size_t i = 0; i < count; i++) {
        int16_t v;
        memcpy(&v, p + 2 * i, 2);
        samples[i] = v * (1.f / 32768);
    }
}

static void s24_to_f32(const void *bytes, float *samples, size_t count) {
    const uint8_t *p = bytes;
    for (size_t i = 0; i < count; i++) {
        uint32_t high_aligned = (uint32_t)p[3 * i] << 8 | (uint32_t)p[3 * i + 1] << 16 | (uint32_t)p[3 * i + 2] << 24;
        samples[i] = (float)(int32_t)high_aligned * (1.f / 2147483648.f);
    }
}

static void s32_to_f32(const void *bytes, float *samples, size_t count) {
    const uint8_t *p = bytes;
    for (size_t i = 0; i < count; i++) {
        int32_t v;
        memcpy(&v, p + 4 * i, 4);
        samples[i] = (float)v * (1.f / 2147483648.f);
    }
}

static void f32_to_s16(const float *samples, void *bytes, size_t count) {
    uint8_t *p = bytes;
    for (size_t i = 0; i < count; i++) {
        float rounded = clamp_float(samples[i] * 32768.f, -32768.f, 32767.f) + float_rounder;
        int32_t bits;
        memcpy(&bits, &rounded, 4);
        int16_t v = (int16_t)bits;
        memcpy(p + 2 * i, &v, 2);
    }
}

INLINE int32_t rounded_integer(float sample, double full_scale) {
    double rounded = clamp_double(sample * full_scale, -full_scale, full_scale - 1) + double_rounder;
    int64_t bits;
    memcpy(&bits, &rounded, 8);
    return (int32_t)bits;
}

static void f32_to_s24(const float *samples, void *bytes, size_t count) {
    uint8_t *p = bytes;
    for (size_t i = 0; i < count; i++) {
        uint32_t v = (uint32_t)rounded_integer(samples[i], 8388608);
        p[3 * i] = (uint8_t)v;
        p[3 * i + 1] = (uint8_t)(v >> 8);
        p[3 * i + 2] = (uint8_t)(v >> 16);
    }
}

static void f32_to_s32(const float *samples, void *bytes, size_t count) {
    uint8_t *p = bytes;
    for (size_t i = 0; i < count; i++) {
        int32_t v = rounded_integer(samples[i], 2147483648.0);
        memcpy(p + 4 * i, &v, 4);
    }
}

static void f32_stereo_to_mono(const float *stereo, float *mono, size_t frames) {
    for (size_t i = 0; i < frames; i++) mono[i] = 0.5f * (stereo[2 * i] + stereo[2 * i + 1]);
}

static int all_finite(const float *samples, size_t count) {
    uint32_t bad = 0;
    for (size_t i = 0; i < count; i++) {
        uint32_t bits;
        memcpy(&bits, samples + i, 4);
        bad |= (bits & 0x7F800000u) == 0x7F800000u;
    }
    return bad == 0;
}
