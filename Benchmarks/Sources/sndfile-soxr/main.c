// A peer as a program: libsndfile and soxr HQ, stereo WAV in, 16 kHz mono WAV out.

#include <sndfile.h>
#include <soxr.h>
#include <stdio.h>

enum { block = 16384 };

int main(int count, char **arguments) {
    static float stereo[2 * block], mono[block], out[block];
    SF_INFO in_info = {0}, out_info = {.samplerate = 16000, .channels = 1, .format = SF_FORMAT_WAV | SF_FORMAT_PCM_16};
    if (count != 3) return fprintf(stderr, "usage: sndfile-soxr IN OUT\n"), 2;
    SNDFILE *in = sf_open(arguments[1], SFM_READ, &in_info), *to = sf_open(arguments[2], SFM_WRITE, &out_info);
    if (in == NULL || to == NULL || in_info.channels != 2) return fprintf(stderr, "sndfile-soxr: cannot open\n"), 3;
    soxr_io_spec_t io = soxr_io_spec(SOXR_FLOAT32_I, SOXR_FLOAT32_I);
    soxr_quality_spec_t quality = soxr_quality_spec(SOXR_HQ, 0);
    soxr_t resampler = soxr_create(in_info.samplerate, 16000, 1, NULL, &io, &quality, NULL);
    sf_count_t frames;
    size_t done;
    while ((frames = sf_readf_float(in, stereo, block)) > 0) {
        for (sf_count_t i = 0; i < frames; i++) mono[i] = 0.5f * (stereo[2 * i] + stereo[2 * i + 1]);
        soxr_process(resampler, mono, (size_t)frames, NULL, out, block, &done);
        sf_write_float(to, out, (sf_count_t)done);
    }
    do {
        soxr_process(resampler, NULL, 0, NULL, out, block, &done);
        sf_write_float(to, out, (sf_count_t)done);
    } while (done > 0);
    soxr_delete(resampler);
    sf_close(in);
    return sf_close(to);
}
