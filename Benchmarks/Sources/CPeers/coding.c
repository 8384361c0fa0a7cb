#include <ebur128.h>
#include <opus.h>
#include <opusenc.h>
#include "CPeers.h"

double peer_ebur128(const float *samples, size_t frames, unsigned channels, unsigned rate) {
    ebur128_state *state = ebur128_init(channels, rate, EBUR128_MODE_I);
    double loudness = 0;
    ebur128_add_frames_float(state, samples, frames);
    ebur128_loudness_global(state, &loudness);
    ebur128_destroy(&state);
    return loudness;
}

size_t peer_opus(const float *samples, size_t count, int rate, int bitrate, int complexity) {
    unsigned char packet[4000];
    int status, length = rate / 50;
    size_t bytes = 0;
    OpusEncoder *encoder = opus_encoder_create(rate, 1, OPUS_APPLICATION_AUDIO, &status);
    opus_encoder_ctl(encoder, OPUS_SET_BITRATE(bitrate));
    opus_encoder_ctl(encoder, OPUS_SET_COMPLEXITY(complexity));
    for (size_t start = 0; start + (size_t)length <= count; start += (size_t)length)
        bytes += (size_t)opus_encode_float(encoder, samples + start, length, packet, sizeof packet);
    opus_encoder_destroy(encoder);
    return bytes;
}

static int count_bytes(void *total, const unsigned char *bytes, opus_int32 length) {
    (void)bytes;
    *(size_t *)total += (size_t)length;
    return 0;
}

static int nothing_to_close(void *total) {
    (void)total;
    return 0;
}

size_t peer_opusenc(const float *samples, size_t count, int rate, int bitrate, int complexity) {
    size_t total = 0;
    int status;
    OpusEncCallbacks calls = {count_bytes, nothing_to_close};
    OggOpusComments *comments = ope_comments_create();
    OggOpusEnc *encoder = ope_encoder_create_callbacks(&calls, &total, comments, rate, 1, 0, &status);
    ope_encoder_ctl(encoder, OPUS_SET_APPLICATION(OPUS_APPLICATION_AUDIO));
    ope_encoder_ctl(encoder, OPUS_SET_BITRATE(bitrate));
    ope_encoder_ctl(encoder, OPUS_SET_COMPLEXITY(complexity));
    ope_encoder_write_float(encoder, samples, (int)count);
    ope_encoder_drain(encoder);
    ope_encoder_destroy(encoder);
    ope_comments_destroy(comments);
    return total;
}
