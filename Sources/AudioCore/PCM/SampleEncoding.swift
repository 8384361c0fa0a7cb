/// How one sample is written in bytes.
public enum SampleEncoding: Hashable, Sendable, CaseIterable {
    /// Eight bits, 128 for silence.
    case unsigned8
    /// Sixteen bits, two's complement.
    case signed16
    /// Twenty-four bits in three bytes.
    case signed24
    /// Thirty-two bits, two's complement.
    case signed32
    /// IEEE 754 single precision, full scale ±1.
    case float32
    /// IEEE 754 double precision, full scale ±1.
    case float64
    /// ITU-T G.711 A-law, eight bits.
    case aLaw
    /// ITU-T G.711 µ-law, eight bits.
    case muLaw

    /// The bytes that one sample takes.
    public var byteCount: Int {
        switch self {
        case .unsigned8, .aLaw, .muLaw: 1
        case .signed16: 2
        case .signed24: 3
        case .signed32, .float32: 4
        case .float64: 8
        }
    }

    /// Whether a sample can be something that is not a number.
    var isFloatingPoint: Bool { self == .float32 || self == .float64 }
}

/// Which byte of a sample comes first.
public enum ByteOrder: Hashable, Sendable {
    /// The lowest: RIFF, and nearly everything else.
    case littleEndian
    /// The highest: RIFX, AIFF, network streams.
    case bigEndian
}
