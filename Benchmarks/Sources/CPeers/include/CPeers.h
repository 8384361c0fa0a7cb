#ifndef CPEERS_H
#define CPEERS_H

// The peers, each behind one plain call that does the whole of a job.

#include <stddef.h>

/// CPU time of the calling thread, in seconds.
double peer_thread_seconds(void);

/// Converts mono sound with soxr's HQ recipe, in blocks of `block` samples (0: all at once), and returns how many came.
size_t peer_soxr(double in_rate, double out_rate, const float *in, size_t count, size_t block, float *out, size_t room);

/// The same with libsamplerate's best converter.
size_t peer_samplerate(double in_rate, double out_rate, const float *in, size_t count, float *out, size_t room);

/// Makes and drops a soxr HQ resampler.
void peer_soxr_setup(double in_rate, double out_rate);

/// The integrated loudness of interleaved sound by libebur128.
double peer_ebur128(const float *samples, size_t frames, unsigned channels, unsigned rate);

/// Codes mono sound with nothing but libopus in a loop of 20 ms and returns the bytes.
size_t peer_opus(const float *samples, size_t count, int rate, int bitrate, int complexity);

/// The same as an Ogg file in memory by libopusenc.
size_t peer_opusenc(const float *samples, size_t count, int rate, int bitrate, int complexity);

/// Multiplies and adds floats as fast as a core can, with the widest vectors that it has, and returns how many.
double peer_multiply_adds(void);

/// How often the calling thread has asked for memory since it began.
unsigned long peer_allocation_count(void);

/// Whether our kernels for AVX-512 run here.
int peer_has_avx512(void);

#endif
