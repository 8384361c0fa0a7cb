internal import Platform

/// Turns bytes into samples, however the bytes are cut.
///
/// Part of a frame at the end of one piece waits for its rest at the beginning of the next.
///
/// ```swift
/// var decoder = PCMDecoder(.signed16, channels: 2)
/// while let bytes = try await body.next() { try decoder.decode(bytes.span, appendingTo: &samples) }
/// ```
public struct PCMDecoder: Sendable {
    private let encoding: SampleEncoding
    private let frameByteCount: Int
    private let order: ByteOrder
    private let kernels: Kernels
    private var carried: [UInt8] = []
    private var swapped: [UInt8] = []
    private var decodedCount = 0

    /// Makes a decoder that waits for its first byte.
    public init(_ encoding: SampleEncoding, channels: Int = 1, order: ByteOrder = .littleEndian) {
        self.init(encoding, channels: channels, order: order, kernels: .active)
    }

    init(_ encoding: SampleEncoding, channels: Int, order: ByteOrder, kernels: Kernels) {
        precondition(channels > 0, "a frame has at least one channel")
        frameByteCount = encoding.byteCount * channels
        self.encoding = encoding
        self.order = order
        self.kernels = kernels
    }

    /// How many bytes wait for the rest of their frame.
    public var pendingByteCount: Int { carried.count }

    /// Decodes bytes and appends the samples of the frames that they complete, full scale ±1.
    ///
    /// - Throws: `malformedInput` for a sample that is infinite or not a number, with its place.
    public mutating func decode(_ bytes: Span<UInt8>, appendingTo samples: inout [Float]) throws(AudioError) {
        var rest = bytes
        if !carried.isEmpty {
            let missing = min(frameByteCount - carried.count, rest.count)
            carried.append(copying: rest.extracting(first: missing))
            rest = rest.extracting(droppingFirst: missing)
            guard carried.count == frameByteCount else { return }
            let frame = carried
            carried.removeAll(keepingCapacity: true)
            try decodeWhole(frame.span, appendingTo: &samples)
        }
        let whole = rest.count - rest.count % frameByteCount
        try decodeWhole(rest.extracting(first: whole), appendingTo: &samples)
        carried.append(copying: rest.extracting(droppingFirst: whole))
    }

    /// Decodes bytes and appends the 16-bit samples nearest to what they mean; those of 16 bits as they are.
    public mutating func decode(_ bytes: Span<UInt8>, appendingTo samples: inout [Int16]) throws(AudioError) {
        var floats: [Float] = []
        try decode(bytes, appendingTo: &floats)
        kernels.append(floats.span, to: &samples)
    }

    private mutating func decodeWhole(_ bytes: Span<UInt8>, appendingTo samples: inout [Float]) throws(AudioError) {
        let start = samples.count
        if order == .bigEndian && encoding.byteCount > 1 {
            swapBytes(bytes)
            convert(swapped.span, appendingTo: &samples)
        } else {
            convert(bytes, appendingTo: &samples)
        }
        if encoding.isFloatingPoint { try checkFinite(samples.span.extracting(droppingFirst: start)) }
        decodedCount += samples.count - start
    }

    private func convert(_ bytes: Span<UInt8>, appendingTo samples: inout [Float]) {
        switch encoding {
        case .signed16: kernels.append16(bytes, to: &samples)
        case .signed24: kernels.append24(bytes, to: &samples)
        case .signed32: kernels.append32(bytes, to: &samples)
        case .unsigned8: append(bytes, to: &samples) { Float(Int($0) - 128) / 128 }
        case .aLaw: append(bytes, to: &samples) { G711.aLaw[Int($0)] }
        case .muLaw: append(bytes, to: &samples) { G711.muLaw[Int($0)] }
        case .float32: appendWords(bytes, as: UInt32.self, to: &samples) { Float(bitPattern: $0) }
        case .float64: appendWords(bytes, as: UInt64.self, to: &samples) { Float(Double(bitPattern: $0)) }
        }
    }
}

extension PCMDecoder {
    private func append(_ bytes: Span<UInt8>, to samples: inout [Float], _ sample: (UInt8) -> Float) {
        samples.append(addingCapacity: bytes.count) { free in
            for index in bytes.indices { free.append(sample(bytes[index])) }
        }
    }

    private func appendWords<Word: FixedWidthInteger & BitwiseCopyable>(
        _ bytes: Span<UInt8>, as type: Word.Type, to samples: inout [Float], _ sample: (Word) -> Float
    ) {
        let width = MemoryLayout<Word>.size
        let raw = unsafe bytes.bytes
        samples.append(addingCapacity: bytes.count / width) { free in
            for offset in stride(from: 0, to: bytes.count, by: width) {
                free.append(
                    sample(Word(littleEndian: unsafe raw.unsafeLoadUnaligned(fromByteOffset: offset, as: type))))
            }
        }
    }

    /// Leaves the bytes in `swapped`, every sample turned around.
    private mutating func swapBytes(_ bytes: Span<UInt8>) {
        let width = encoding.byteCount
        swapped.removeAll(keepingCapacity: true)
        swapped.append(addingCapacity: bytes.count) { free in
            for sample in stride(from: 0, to: bytes.count, by: width) {
                for index in (sample..<sample + width).reversed() { free.append(bytes[index]) }
            }
        }
    }

    private func checkFinite(_ samples: Span<Float>) throws(AudioError) {
        guard !kernels.areFinite(samples) else { return }
        let place = decodedCount + (samples.indices.first { !samples[$0].isFinite } ?? 0)
        throw AudioError(
            .malformedInput, "sample \(place) is not a finite number",
            remedy: "the file is damaged, or its samples are not floating-point numbers")
    }
}
