#include <soxr.h>
#include <samplerate.h>
#include <time.h>
#include "CPeers.h"

double peer_thread_seconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

static soxr_t make(double in_rate, double out_rate) {
    soxr_io_spec_t io = soxr_io_spec(SOXR_FLOAT32_I, SOXR_FLOAT32_I);
    soxr_quality_spec_t quality = soxr_quality_spec(SOXR_HQ, 0);
    soxr_runtime_spec_t runtime = soxr_runtime_spec(1);
    return soxr_create(in_rate, out_rate, 1, NULL, &io, &quality, &runtime);
}

size_t peer_soxr(double in_rate, double out_rate, const float *in, size_t count, size_t block, float *out, size_t room) {
    soxr_t resampler = make(in_rate, out_rate);
    size_t produced = 0, done = 0;
    if (block == 0) block = count;
    for (size_t start = 0; start < count; start += block) {
        size_t length = count - start < block ? count - start : block;
        soxr_process(resampler, in + start, length, NULL, out + produced, room - produced, &done);
        produced += done;
    }
    do {
        soxr_process(resampler, NULL, 0, NULL, out + produced, room - produced, &done);
        produced += done;
    } while (done > 0);
    soxr_delete(resampler);
    return produced;
}

void peer_soxr_setup(double in_rate, double out_rate) { soxr_delete(make(in_rate, out_rate)); }

size_t peer_samplerate(double in_rate, double out_rate, const float *in, size_t count, float *out, size_t room) {
    SRC_DATA data = {.data_in = in, .data_out = out, .input_frames = (long)count, .output_frames = (long)room,
        .src_ratio = out_rate / in_rate};
    src_simple(&data, SRC_SINC_BEST_QUALITY, 1);
    return (size_t)data.output_frames_gen;
}
