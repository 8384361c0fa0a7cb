/// Makes WAVE files: bytes to append, and at the end the places to mend for outputs that can go back.
///
/// ```swift
/// var writer = WAVWriter(format: format, encoding: .signed16, target: .seekable)
/// file.write(writer.header())
/// while let chunk = try await source.next() { file.write(writer.encode(chunk.samples.span)) }
/// let ending = writer.finish()
/// file.write(ending.padding)
/// for patch in ending.patches { file.overwrite(patch.bytes, at: patch.offset) }
/// ```
public struct WAVWriter: Sendable {
    /// What the bytes are written to.
    public enum Target: Hashable, Sendable {
        /// A file that can be mended at the end. It gets room for the header of a file over 4 GiB, unless it is known
        /// to stay below.
        case seekable(expectedFrameCount: Int?)
        /// A pipe: the sizes say “to the end”.
        case stream
    }

    /// The rate and the channels.
    public let format: PCMFormat
    /// How samples are written.
    public let encoding: SampleEncoding
    private let target: Target
    private let encoder: PCMEncoder
    private var dataByteCount: UInt64 = 0

    /// Makes a writer.
    ///
    /// - Precondition: the encoding is one of ``PCMEncoder/encodings``, and the frame fits the header's 16 bits.
    public init(format: PCMFormat, encoding: SampleEncoding, target: Target) {
        precondition(format.channels * encoding.byteCount <= UInt16.max, "a frame is too large for a WAVE header")
        self.format = format
        self.encoding = encoding
        self.target = target
        encoder = PCMEncoder(encoding)
    }

    /// The bytes before the first sample.
    public func header() -> [UInt8] {
        let chunks = reservedChunk + formatChunk + factChunk
        let isKnown = target != .stream
        var header = Array("RIFF".utf8)
        header.append(littleEndian: isKnown ? UInt32(4 + chunks.count + 8) : .max)
        header += Array("WAVE".utf8) + chunks + Array("data".utf8)
        header.append(littleEndian: isKnown ? UInt32(0) : .max)
        return header
    }

    /// The bytes of whole frames.
    public mutating func encode(_ samples: Span<Float>) -> [UInt8] {
        precondition(samples.count.isMultiple(of: format.channels), "interleaved samples end inside a frame")
        var bytes: [UInt8] = []
        encoder.encode(samples, appendingTo: &bytes)
        count(UInt64(bytes.count))
        return bytes
    }

    /// The end of the file: a byte of padding after an odd number of bytes, and what to mend.
    public consuming func finish() -> Ending {
        let padding: [UInt8] = dataByteCount.isMultiple(of: 2) ? [] : [0]
        guard target != .stream else { return Ending(padding: padding, patches: []) }
        return Ending(
            padding: padding,
            patches: patches(fileByteCount: UInt64(dataOffset) + dataByteCount + UInt64(padding.count)))
    }

    /// Counts bytes of sound that stand in the file.
    mutating func count(_ bytes: UInt64) { dataByteCount += bytes }
}

extension WAVWriter {
    /// A whole file in memory.
    public static func file(of samples: Span<Float>, format: PCMFormat, encoding: SampleEncoding) -> [UInt8] {
        let frames = samples.count / format.channels
        var writer = WAVWriter(format: format, encoding: encoding, target: .seekable(expectedFrameCount: frames))
        var bytes = writer.header()
        bytes += writer.encode(samples)
        let ending = writer.finish()
        bytes += ending.padding
        for patch in ending.patches {
            bytes.replaceSubrange(patch.offset..<patch.offset + patch.bytes.count, with: patch.bytes)
        }
        return bytes
    }

    /// What is left to do when the last sample is written.
    public struct Ending: Equatable, Sendable {
        /// Bytes to append.
        public let padding: [UInt8]
        /// Bytes to write over others.
        public let patches: [Patch]
    }

    /// Bytes for a place in the header that could not be known before.
    public struct Patch: Equatable, Sendable {
        /// Where they go, from the beginning of the file.
        public let offset: Int
        /// What goes there.
        public let bytes: [UInt8]
    }
}

// MARK: - The header's parts

extension WAVWriter {
    private var frameByteCount: Int { format.channels * encoding.byteCount }

    /// More than two channels or sixteen bits need the extensible format.
    private var isExtensible: Bool { format.channels > 2 || encoding == .signed24 || encoding == .signed32 }

    /// Room for a `ds64` chunk, should the file pass 4 GiB.
    private var reservedChunk: [UInt8] {
        guard reservesLargeSizes else { return [] }
        return chunk("JUNK", [UInt8](repeating: 0, count: 28))
    }

    private var reservesLargeSizes: Bool {
        guard case .seekable(let expected) = target else { return false }
        guard let expected else { return true }
        return expected.multipliedReportingOverflow(by: frameByteCount).partialValue > 0xF000_0000
    }

    private var formatChunk: [UInt8] {
        let codec: UInt16 = encoding == .float32 ? 3 : 1
        var body: [UInt8] = []
        body.append(littleEndian: isExtensible ? 0xFFFE : codec)
        body.append(littleEndian: UInt16(format.channels))
        body.append(littleEndian: UInt32(clamping: format.rate))
        body.append(littleEndian: UInt32(clamping: format.rate * frameByteCount))
        body.append(littleEndian: UInt16(frameByteCount))
        body.append(littleEndian: UInt16(encoding.byteCount * 8))
        if isExtensible {
            body.append(littleEndian: UInt16(22))
            body.append(littleEndian: UInt16(encoding.byteCount * 8))
            body.append(littleEndian: channelMask)
            body.append(littleEndian: UInt32(codec))
            body += [0x00, 0x00, 0x10, 0x00, 0x80, 0x00, 0x00, 0xAA, 0x00, 0x38, 0x9B, 0x71]
        } else if codec != 1 {
            body.append(littleEndian: UInt16(0))
        }
        return chunk("fmt ", body)
    }

    /// The loudspeakers of the usual layouts; none for others.
    private var channelMask: UInt32 {
        [1: 0x4, 2: 0x3, 3: 0x7, 4: 0x33, 5: 0x37, 6: 0x3F, 7: 0x70F, 8: 0x63F][format.channels] ?? 0
    }

    /// The number of frames, which every format but plain integers must have.
    private var factChunk: [UInt8] {
        guard encoding == .float32 || isExtensible else { return [] }
        return chunk("fact", [UInt8](repeating: target == .stream ? 0xFF : 0, count: 4))
    }

    private func chunk(_ name: String, _ body: [UInt8]) -> [UInt8] {
        var bytes = Array(name.utf8)
        bytes.append(littleEndian: UInt32(body.count))
        return bytes + body
    }

    private var dataOffset: Int { 12 + reservedChunk.count + formatChunk.count + factChunk.count + 8 }

    private func patches(fileByteCount: UInt64) -> [Patch] {
        let frames = dataByteCount / UInt64(frameByteCount)
        var patches: [Patch] = []
        if !factChunk.isEmpty { patches.append(Patch(offset: dataOffset - 12, bytes: bytes(UInt32(clamping: frames)))) }
        if fileByteCount - 8 <= UInt32.max || !reservesLargeSizes {
            patches.append(Patch(offset: 4, bytes: bytes(UInt32(clamping: fileByteCount - 8))))
            patches.append(Patch(offset: dataOffset - 4, bytes: bytes(UInt32(clamping: dataByteCount))))
        } else {
            var head =
                Array("RF64".utf8) + bytes(UInt32.max) + Array("WAVE".utf8) + Array("ds64".utf8) + bytes(UInt32(28))
            head += bytes(fileByteCount - 8) + bytes(dataByteCount) + bytes(frames) + bytes(UInt32(0))
            patches.append(Patch(offset: 0, bytes: head))
            patches.append(Patch(offset: dataOffset - 4, bytes: bytes(UInt32.max)))
        }
        return patches
    }

    private func bytes<Number: FixedWidthInteger>(_ number: Number) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.append(littleEndian: number)
        return bytes
    }
}
