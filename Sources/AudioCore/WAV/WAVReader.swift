internal import Platform

/// Reads WAVE files piece by piece, however the bytes are cut.
///
/// It takes RIFF, RIFX, RF64 and BW64; integer, floating-point, A-law and µ-law samples, plain or extensible; chunks in
/// any order around the sound; and the sizes that writers leave when they cannot go back: 0, 0x7FFFF000, 0xFFFFFFFF.
/// Nothing is allocated by what a header claims. A file that ends too early gives what is there, and says so.
///
/// ```swift
/// var reader = WAVReader()
/// while let bytes = try await body.next() { try reader.read(bytes.span, appendingTo: &samples) }
/// let ending = try reader.finish(appendingTo: &samples)
/// ```
public struct WAVReader: Sendable {
    /// How the sound is written, once the header has been read.
    public private(set) var layout: WAVLayout?
    /// How many frames the header promises, when it says so.
    public private(set) var expectedFrameCount: Int?

    private var state = State.form
    private var gathered: [UInt8] = []
    private var form = Form.riff
    private var position: UInt64 = 0
    private var formSize: UInt64 = 0
    /// Where a data chunk of size zero ended.
    private var emptyDataEnd: UInt64 = 0
    private var largeDataSize: UInt64?
    private var decoder: PCMDecoder?

    /// Makes a reader that waits for the first byte of a file.
    public init() {}

    /// The rate and the channels, once the header has been read.
    public var format: PCMFormat? { layout?.format }

    /// Reads bytes and appends the samples of the frames that they complete.
    ///
    /// - Throws: `malformedInput` when this is no WAVE file, `unsupported` for a codec that is not read here.
    public mutating func read(_ bytes: Span<UInt8>, appendingTo samples: inout [Float]) throws(AudioError) {
        var offset = 0
        while offset < bytes.count && state != .end {
            let rest = bytes.extracting(droppingFirst: offset)
            let used = try step(rest, appendingTo: &samples)
            offset += used
            position += UInt64(used)
            if state == .dataOfSizeZero && gathered.isEmpty { emptyDataEnd = position }
        }
    }

    /// Ends the file and appends the samples that were still held back.
    ///
    /// - Throws: `malformedInput` when the bytes were no WAVE file, or ended before any sound.
    public consuming func finish(appendingTo samples: inout [Float]) throws(AudioError) -> WAVEnding {
        // What was gathered after a size of zero, and could be a chunk's header no longer, is sound.
        if case .dataOfSizeZero = state { state = .data(left: nil) }
        if case .data = state {
            let held = gathered
            try decoder?.decode(held.span, appendingTo: &samples)
        }
        switch state {
        case .form where position == 0 && gathered.isEmpty:
            throw AudioError(.malformedInput, "the input is empty")
        case .form:
            throw AudioError(.malformedInput, "not a WAVE file: only \(gathered.count) bytes")
        case .data(let left?) where left > 0:
            return .cut(missingByteCount: left)
        case .data, .end:
            return .complete
        case .chunk, .format, .sizes, .skip, .dataOfSizeZero:
            let missing = layout == nil ? "format" : "data"
            throw AudioError(.malformedInput, "the file ends before its '\(missing)' chunk")
        }
    }
}

/// How the sound in a WAVE file ended.
public enum WAVEnding: Equatable, Sendable {
    /// As the header says, or at the end of a file whose header does not say.
    case complete
    /// Before what the header says; what was there has been read.
    case cut(missingByteCount: UInt64)
}

// MARK: - The chunks

extension WAVReader {
    /// What the next bytes are.
    private enum State: Equatable {
        case form
        case chunk
        case format(size: UInt64)
        case sizes(size: UInt64)
        case skip(left: UInt64)
        /// The header promises no sound; either there is none, or its writer could not go back.
        case dataOfSizeZero
        /// Sound, for so many bytes more, or to the end of the file.
        case data(left: UInt64?)
        case end
    }

    private enum Form {
        case riff, rifx, rf64

        init?(_ name: Span<UInt8>) {
            switch String(decoding: name) {
            case "RIFF": self = .riff
            case "RIFX": self = .rifx
            case "RF64", "BW64": self = .rf64
            default: return nil
            }
        }

        var order: ByteOrder { self == .rifx ? .bigEndian : .littleEndian }
    }

    /// Reads from the front of the bytes and returns how many it used.
    private mutating func step(_ bytes: Span<UInt8>, appendingTo samples: inout [Float]) throws(AudioError) -> Int {
        switch state {
        case .form:
            return try gather(12, from: bytes) { reader, header throws(AudioError) in try reader.readForm(header) }
        case .chunk:
            return try gather(8, from: bytes) { reader, header throws(AudioError) in try reader.readChunk(header) }
        case .format(let size):
            let wanted = min(size, 40)
            return try gather(Int(wanted), from: bytes) { reader, body throws(AudioError) in
                try reader.readFormat(body)
                reader.state = .skip(left: size - wanted + size % 2)
            }
        case .sizes(let size):
            return try gather(28, from: bytes) { reader, body throws(AudioError) in
                reader.largeDataSize = body.number(UInt64.self, at: 8, .littleEndian)
                reader.state = .skip(left: size - 28 + size % 2)
            }
        case .skip(let left):
            let used = min(left, UInt64(bytes.count))
            state = used == left ? .chunk : .skip(left: left - used)
            return Int(used)
        case .dataOfSizeZero:
            return try gather(8, from: bytes) { reader, next throws(AudioError) in reader.decideEmptyData(next) }
        case .data(let left):
            return try readSound(bytes, left: left, appendingTo: &samples)
        case .end:
            return bytes.count
        }
    }

    /// Collects a piece of fixed length over any cut, then hands it on.
    private mutating func gather(
        _ count: Int, from bytes: Span<UInt8>,
        then body: (inout WAVReader, Span<UInt8>) throws(AudioError) -> Void
    ) throws(AudioError) -> Int {
        let used = min(count - gathered.count, bytes.count)
        gathered.append(copying: bytes.extracting(first: used))
        if gathered.count == count {
            let piece = gathered
            gathered.removeAll(keepingCapacity: true)
            try body(&self, piece.span)
        }
        return used
    }

    private mutating func readForm(_ header: Span<UInt8>) throws(AudioError) {
        guard let form = Form(header.extracting(first: 4)), String(decoding: header.extracting(8..<12)) == "WAVE" else {
            throw AudioError(
                .malformedInput, "not a WAVE file: it does not begin with RIFF, RIFX, RF64 or BW64 and WAVE")
        }
        self.form = form
        formSize = UInt64(header.number(UInt32.self, at: 4, form.order))
        state = .chunk
    }

    private mutating func readChunk(_ header: Span<UInt8>) throws(AudioError) {
        let size = UInt64(header.number(UInt32.self, at: 4, form.order))
        switch String(decoding: header.extracting(first: 4)) {
        case "fmt ":
            guard size >= 16 else {
                throw AudioError(.malformedInput, "a format chunk of \(size) bytes, where 16 is the least")
            }
            state = .format(size: size)
        case "ds64" where size >= 28: state = .sizes(size: size)
        case "data": try beginSound(size)
        default: state = .skip(left: size + size % 2)
        }
        if state == .skip(left: 0) { state = .chunk }
    }

    private mutating func readFormat(_ body: Span<UInt8>) throws(AudioError) {
        let layout = try WAVLayout(formatChunk: body, order: form.order)
        self.layout = layout
        decoder = layout.decoder()
    }
}

// MARK: - The sound

extension WAVReader {
    private mutating func beginSound(_ size: UInt64) throws(AudioError) {
        guard let layout else { throw AudioError(.malformedInput, "the sound comes before its format") }
        let known = form == .rf64 && size == 0xFFFF_FFFF ? largeDataSize ?? 0 : Self.isPlaceholder(size) ? 0 : size
        if size == 0 {
            state = .dataOfSizeZero
        } else if known == 0 {
            state = .data(left: nil)
        } else {
            // A number beyond any disk is no promise, but the sound may still be there.
            if known < 1 << 48 { expectedFrameCount = Int(known) / layout.frameByteCount }
            state = .data(left: known)
        }
    }

    /// Sizes that writers leave when they cannot go back: just below 2³¹ (sox, espeak) or 2³² (ffmpeg), or just there.
    private static func isPlaceholder(_ size: UInt64) -> Bool {
        let slack: UInt64 = 4_096
        return size + slack >= 1 << 32 || (size + slack >= 1 << 31 && size <= 1 << 31)
    }

    /// Tells what follows a data chunk of size zero: a chunk's header, or sound of unknown length.
    private mutating func decideEmptyData(_ next: Span<UInt8>) {
        let isName = (0..<4).allSatisfy { (0x20...0x7E).contains(next[$0]) }
        let size = UInt64(next.number(UInt32.self, at: 4, form.order))
        // Bytes of sound may look like a name, but hardly like a size that fits the file as well.
        if isName && emptyDataEnd + 8 + size <= formSize + 8 {
            state = .end
        } else {
            state = .data(left: nil)
            gathered.append(copying: next)
        }
    }

    private mutating func readSound(
        _ bytes: Span<UInt8>, left: UInt64?, appendingTo samples: inout [Float]
    ) throws(AudioError) -> Int {
        if !gathered.isEmpty {
            let first = gathered
            gathered.removeAll()
            try decoder?.decode(first.span, appendingTo: &samples)
        }
        let used = min(left ?? .max, UInt64(bytes.count))
        try decoder?.decode(bytes.extracting(first: Int(used)), appendingTo: &samples)
        if let left { state = left == used ? .end : .data(left: left - used) }
        return Int(used)
    }
}
