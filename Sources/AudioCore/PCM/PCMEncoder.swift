/// Turns samples into bytes: saturated at full scale and rounded to nearest.
public struct PCMEncoder: Sendable {
    private let encoding: SampleEncoding
    private let kernels: Kernels

    /// Makes an encoder of little-endian samples.
    ///
    /// - Precondition: the encoding is one that is written: `unsigned8`, `signed16`, `signed24`, `signed32` or
    ///   `float32`.
    public init(_ encoding: SampleEncoding) { self.init(encoding, kernels: .active) }

    init(_ encoding: SampleEncoding, kernels: Kernels) {
        precondition(Self.encodings.contains(encoding), "this library reads \(encoding) but does not write it")
        self.encoding = encoding
        self.kernels = kernels
    }

    /// The encodings that can be written.
    public static let encodings: [SampleEncoding] = [.unsigned8, .signed16, .signed24, .signed32, .float32]

    /// Appends the bytes of the samples; in integers, what is no number becomes silence or full scale.
    public func encode(_ samples: Span<Float>, appendingTo bytes: inout [UInt8]) {
        switch encoding {
        case .signed16: kernels.append16(samples, to: &bytes)
        case .signed24: kernels.append24(samples, to: &bytes)
        case .signed32: kernels.append32(samples, to: &bytes)
        case .unsigned8: append8(samples, to: &bytes)
        default: appendFloats(samples, to: &bytes)
        }
    }

    private func append8(_ samples: Span<Float>, to bytes: inout [UInt8]) {
        bytes.append(addingCapacity: samples.count) { free in
            for index in samples.indices {
                let rounded = (samples[index] * 128).rounded(.toNearestOrEven)
                free.append(rounded.isNaN ? 128 : UInt8(min(max(rounded, -128), 127) + 128))
            }
        }
    }

    private func appendFloats(_ samples: Span<Float>, to bytes: inout [UInt8]) {
        bytes.append(addingCapacity: samples.count * 4) { free in
            for index in samples.indices {
                let word = samples[index].bitPattern
                for shift in stride(from: 0, to: 32, by: 8) { free.append(UInt8(truncatingIfNeeded: word >> shift)) }
            }
        }
    }
}

extension [Int16] {
    /// The samples as they go over a wire: two bytes each, the lower one first.
    package var littleEndianBytes: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(2 * count)
        for sample in self {
            bytes.append(UInt8(truncatingIfNeeded: sample))
            bytes.append(UInt8(truncatingIfNeeded: sample >> 8))
        }
        return bytes
    }
}
