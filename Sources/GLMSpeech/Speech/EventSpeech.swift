internal import AudioCore
internal import HTTPTransport
internal import Platform
internal import Speech

/// Speech in events: frames of the GLM service, or OpenAI's events.
final class EventSpeech: AnswerDecoding {
    private let context: AnswerContext
    private let encoding: GLMSettings.SpeechEncoding
    private var events = EventReader()
    private var frames: SpeechFrameReader
    private var sound = SoundReader()
    private var pieces: SpeechPieces
    /// The service has said that the speech is whole.
    private var isWhole = false

    init(_ context: AnswerContext, _ settings: GLMSettings) {
        self.context = context
        // The other dialect has no word for hexadecimal text.
        encoding = settings.dialect == .glm ? settings.speechEncoding : .base64
        frames = SpeechFrameReader(encoding)
        pieces = SpeechPieces(skippingMark: settings.skipsMark)
    }

    func next() -> SpeechChunk? { pieces.next() }

    func read(_ piece: Span<UInt8>, at arrival: ContinuousClock.Instant) throws(RemoteError) {
        // Kept from frame to frame of a piece, no longer.
        var decoded: [UInt8] = []
        try events.read(piece) { frame throws(RemoteError) in
            if !isWhole { try take(frame, by: &decoded, at: arrival) }
        }
    }

    /// What went wrong comes after the sound before it.
    func finish() throws(RemoteError) {
        defer { pieces.finish(at: .now) }
        var decoded: [UInt8] = []
        try events.finish { frame throws(RemoteError) in
            if !isWhole { try take(frame, by: &decoded, at: .now) }
        }
        let ending = try context.reading { () throws(AudioError) in
            try sound.finish(rate: frames.rate, into: &pieces, at: .now)
        }
        guard isWhole else {
            throw context.error(
                .endedEarly, "the speech stopped before the service said that it is whole", mayRetry: true)
        }
        pieces.finish(at: .now)
        // Half a sample behind what the service calls whole is 20 µs of sound: no reason to lose the rest.
        guard ending == .complete else { throw context.cutSound }
        guard pieces.hasSound else {
            throw context.error(.endedEarly, "the service sent no sound", mayRetry: true)
        }
    }

    var isOver: Bool { events.failure != nil || isWhole }

    private func take(
        _ frame: Span<UInt8>, by decoded: inout [UInt8], at arrival: ContinuousClock.Instant
    ) throws(RemoteError) {
        decoded.removeAll(keepingCapacity: true)
        guard frames.read(frame, appendingTo: &decoded) else { return try takeByTree(frame, at: arrival) }
        try add(decoded, rate: frames.rate, at: arrival)
    }

    private func add(_ part: [UInt8], rate: Int?, at arrival: ContinuousClock.Instant) throws(RemoteError) {
        try context.reading { () throws(AudioError) in
            try sound.readPart(part, rate: rate, into: &pieces, at: arrival)
        }
    }

    /// Reads a frame of any other shape.
    private func takeByTree(_ frame: Span<UInt8>, at arrival: ContinuousClock.Instant) throws(RemoteError) {
        let text = Array(copying: frame)
        if text.isEmpty { return }
        if text == EventReader.doneMark { return isWhole = true }
        // One client expects the sound without anything around it.
        guard !"{[\"".utf8.contains(text[0]) else { return try takeObject(text, at: arrival) }
        try add(String(decoding: text, as: UTF8.self), rate: nil, at: arrival)
    }

    private func takeObject(_ text: [UInt8], at arrival: ContinuousClock.Instant) throws(RemoteError) {
        let frame: SpeechFrame = try context.decode(text)
        if let content = frame.content, !content.isEmpty { try add(content, rate: frame.rate, at: arrival) }
        if let stated = frame.error { throw context.failure(stated) }
        guard let reason = frame.finishReason else { return }
        if let failure = context.failure(finish: reason) ?? context.failure(cut: reason) { throw failure }
        isWhole = true
    }

    private func add(_ content: String, rate: Int?, at arrival: ContinuousClock.Instant) throws(RemoteError) {
        let text = Array(content.utf8)
        var decoded: [UInt8] = []
        try context.reading { () throws(AudioError) in
            switch encoding {
            case .base64:
                var decoder = Base64Decoder()
                _ = try decoder.decode(text.span, appendingTo: &decoded)
                try decoder.finish(appendingTo: &decoded)
            case .hex:
                var decoder = HexDecoder()
                _ = try decoder.decode(text.span, appendingTo: &decoded)
                try decoder.finish()
            }
        }
        try add(decoded, rate: rate, at: arrival)
    }
}
