/// How one rate becomes another: which stages, in which order.
///
/// All rates belong to two families, the multiples of 8 kHz and those of 11.025 kHz. Within a family a single sharp
/// filter by transforms does it. Between families the sharp filter works at twice the lower rate, where its ratio is
/// simple, and a short polyphase filter that may fall slowly does the odd ratio beside it.
struct ResamplingPlan: Hashable {
    /// A reduced ratio of output to input rate.
    struct Ratio: Hashable {
        let up: Int
        let down: Int

        init(from input: Int, to output: Int) {
            let divisor = greatestCommonDivisor(input, output)
            up = output / divisor
            down = input / divisor
        }
    }

    /// One filter in the chain.
    enum Stage: Hashable {
        /// The filter with an edge at the lower Nyquist frequency, by overlap-save.
        case sharp(input: Int, output: Int)
        /// The filter that removes images far away, direct, for sound that reaches to `band` hertz.
        case short(input: Int, output: Int, band: Int)
        /// The sharp filter, direct: the least delay.
        case direct(input: Int, output: Int)
    }

    /// The stages from input to output.
    let stages: [Stage]

    /// The rates between which there are kernels of our own.
    static let rates = [8_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000]

    /// Plans the way from one rate to another, or nil when that is left to libsamplerate.
    init?(from input: Int, to output: Int, mode: Resampler.Mode) {
        guard Self.rates.contains(input), Self.rates.contains(output), input != output else { return nil }
        let lower = min(input, output)
        if mode == .lowLatency {
            stages = [.direct(input: input, output: output)]
        } else if input.isMultiple(of: 8_000) == output.isMultiple(of: 8_000) {
            stages = [.sharp(input: input, output: output)]
        } else if output == lower {
            stages = [
                .short(input: input, output: 2 * lower, band: lower / 2), .sharp(input: 2 * lower, output: lower),
            ]
        } else {
            stages = [
                .sharp(input: lower, output: 2 * lower), .short(input: 2 * lower, output: output, band: lower / 2),
            ]
        }
    }
}
