internal import Platform

/// A format that is read piece by piece, from any bytes.
protocol PieceReader: ~Copyable {
    /// The rate and the channels, once the header has been read.
    var format: PCMFormat? { get }
    /// How many frames the header promises, when it says so.
    var expectedFrameCount: Int? { get }
    /// Reads bytes and appends the samples that they complete.
    mutating func read(_ bytes: Span<UInt8>, appendingTo samples: inout [Float]) throws(AudioError)
    /// Ends the file and returns whether sound is missing: at the end, or in between.
    consuming func end(appendingTo samples: inout [Float]) throws(AudioError) -> Bool
}

extension WAVReader: PieceReader {
    consuming func end(appendingTo samples: inout [Float]) throws(AudioError) -> Bool {
        try finish(appendingTo: &samples) != .complete
    }
}

extension OggOpusReader: PieceReader {
    var expectedFrameCount: Int? { nil }

    consuming func end(appendingTo samples: inout [Float]) throws(AudioError) -> Bool {
        let isIncomplete = isCut || lostFrameCount > 0
        try finish()
        return isIncomplete
    }
}

/// A file or a pipe behind one of our own readers.
struct StreamedInput<Reader: PieceReader & ~Copyable>: ~Copyable, PCMSource {
    var format: PCMFormat { timeline.format }
    let expectedFrameCount: Int?
    private(set) var isCut: Bool
    private var source: ByteSource
    private var reader: Optional<Reader>
    private var bytes: [UInt8] = []
    private var ready: [Float]
    private var timeline: Timeline

    /// Reads the header.
    init(_ source: consuming ByteSource, reader: consuming Reader) throws(AudioError) {
        var bytes: [UInt8] = []
        var ready: [Float] = []
        while reader.format == nil {
            try source.next(into: &bytes)
            guard !bytes.isEmpty else { break }
            try reader.read(bytes.span, appendingTo: &ready)
        }
        guard let format = reader.format else {
            _ = try reader.end(appendingTo: &ready)
            throw AudioError(.malformedInput, "the file ends inside its header")
        }
        timeline = Timeline(format: format)
        expectedFrameCount = reader.expectedFrameCount
        isCut = false
        self.source = source
        self.reader = consume reader
        self.ready = ready
    }

    mutating func next() throws(AudioError) -> PCMChunk<Float>? {
        while ready.isEmpty {
            guard var reader = reader.take() else { return nil }
            var piece: [UInt8] = []
            swap(&piece, &bytes)
            try source.next(into: &piece)
            if piece.isEmpty {
                isCut = try reader.end(appendingTo: &ready)
            } else {
                try reader.read(piece.span, appendingTo: &ready)
                self.reader = consume reader
            }
            swap(&piece, &bytes)
        }
        defer { ready = [] }
        return timeline.chunk(of: ready)
    }
}
