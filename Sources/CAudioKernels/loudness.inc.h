// Loudness: the K-weighting filter eight samples at a time, and the peak between the samples.
//
// A recursive filter is a chain of dependent steps. Eight steps at once are one matrix product, which only the four
// numbers of state tie to the next eight.

typedef double lanes4d __attribute__((vector_size(32)));

static double kweighted_energy(
    const oriole_kweighting *filter, double *state, const float *samples, size_t count
) {
    lanes4d s, low, high, energy = {0};
    memcpy(&s, state, sizeof s);
    for (size_t i = 0; i < count; i += 8) {
        lanes4d out[2] = {{0}, {0}}, moved = {0};
        UNROLL for (int j = 0; j < 8; j++) {
            double x = samples[i + j];
            memcpy(&low, filter->feed[j], sizeof low);
            memcpy(&high, filter->feed[j] + 4, sizeof high);
            if (j < 4) out[0] += low * x;
            out[1] += high * x;
            memcpy(&low, filter->take[j], sizeof low);
            moved += low * x;
        }
        UNROLL for (int j = 0; j < 4; j++) {
            memcpy(&low, filter->read[j], sizeof low);
            memcpy(&high, filter->read[j] + 4, sizeof high);
            out[0] += low * s[j];
            out[1] += high * s[j];
            memcpy(&low, filter->move[j], sizeof low);
            moved += low * s[j];
        }
        energy += out[0] * out[0] + out[1] * out[1];
        s = moved;
    }
    memcpy(state, &s, sizeof s);
    return (energy[0] + energy[1]) + (energy[2] + energy[3]);
}

static float interpolated_peak(const float *taps, int phases, const float *samples, size_t count) {
    float peak = 0;
    for (int phase = 0; phase < phases; phase++) {
        const float *h = taps + 12 * phase;
        float phase_peak = 0;
        for (size_t i = 0; i < count; i++) {
            float y = 0;
            UNROLL for (int k = 0; k < 12; k++) y += h[k] * samples[i + k];
            float magnitude = y < 0 ? -y : y;
            phase_peak = phase_peak > magnitude ? phase_peak : magnitude;
        }
        peak = peak > phase_peak ? peak : phase_peak;
    }
    return peak;
}
