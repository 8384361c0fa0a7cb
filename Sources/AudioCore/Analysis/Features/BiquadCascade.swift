/// A recursive filter of second-order sections, for one channel.
struct BiquadCascade {
    /// One section, its a0 being 1.
    struct Section {
        let b0, b1, b2, a1, a2: Double
    }

    private let sections: [Section]
    /// Two numbers for each section (transposed direct form II).
    private var state: [SIMD2<Double>]

    init(_ sections: [Section]) {
        self.sections = sections
        state = Array(repeating: SIMD2(), count: sections.count)
    }

    /// The output for the next input.
    mutating func step(_ input: Double) -> Double {
        var value = input
        for index in sections.indices {
            let section = sections[index]
            let output = section.b0 * value + state[index][0]
            state[index] = SIMD2(
                section.b1 * value - section.a1 * output + state[index][1], section.b2 * value - section.a2 * output)
            value = output
        }
        return value
    }
}

/// Butterworth filters at 16 kHz, by the bilinear transform of the analogue ones with their edges where they are named.
extension BiquadCascade {
    /// Lets pass what is above 80 Hz, with 12 dB an octave below.
    static let above80 = BiquadCascade([
        Section(
            b0: 0.9780304792065599, b1: -1.9560609584131199, b2: 0.9780304792065599, a1: -1.9555782403150352,
            a2: 0.9565436765112031)
    ])

    /// Lets pass what is below 1,500 Hz, with 24 dB an octave above.
    static let below1500 = BiquadCascade([
        Section(
            b0: 0.0038695183185206558, b1: 0.0077390366370413115, b2: 0.0038695183185206558,
            a1: -1.0988972699656414, a2: 0.32163250912143704),
        Section(b0: 1, b1: 2, b2: 1, a1: -1.3713746551252053, a2: 0.6493382738637064),
    ])

    /// Lets pass 300 to 2,500 Hz, with 12 dB an octave beside.
    static let from300To2500 = BiquadCascade([
        Section(
            b0: 0.11398668088616981, b1: 0.22797336177233962, b2: 0.11398668088616981, a1: -0.8313447891074905,
            a2: 0.35168178501569003),
        Section(b0: 1, b1: -2, b2: 1, a1: -1.8395022405143984, a2: 0.8549029264403619),
    ])

    /// Lets pass 150 to 4,000 Hz, with 12 dB an octave beside.
    static let from150To4000 = BiquadCascade([
        Section(
            b0: 0.27584853137004345, b1: 0.5516970627400869, b2: 0.27584853137004345, a1: -0.03376414023912831,
            a2: 0.18733436299265588),
        Section(b0: 1, b1: -2, b2: 1, a1: -1.9168350507400482, a2: 0.9203604969605987),
    ])
}
