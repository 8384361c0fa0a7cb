// The table of one instruction set, after all of its kernels.

#define KERNELS(NAME, BASE64)                         \
    {                                                 \
        .name = NAME,                                 \
        .fft_lanes = LANES,                           \
        .ffts = ffts,                                 \
        .fft_count = sizeof ffts / sizeof ffts[0],    \
        .scale_bins = scale_bins,                     \
        .polyphase_lanes = POLYPHASE_LANES,           \
        .polyphase = polyphase,                       \
        .s16_to_f32 = s16_to_f32,                     \
        .s24_to_f32 = s24_to_f32,                     \
        .s32_to_f32 = s32_to_f32,                     \
        .f32_to_s16 = f32_to_s16,                     \
        .f32_to_s24 = f32_to_s24,                     \
        .f32_to_s32 = f32_to_s32,                     \
        .f32_stereo_to_mono = f32_stereo_to_mono,     \
        .all_finite = all_finite,                     \
        .kweighted_energy = kweighted_energy,         \
        .interpolated_peak = interpolated_peak,       \
        .correlate = correlate,                       \
        .base64_decode = BASE64,                      \
    }
