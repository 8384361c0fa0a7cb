internal import Platform
internal import Speech

extension GLMClient {
    /// How to read an answer that is text in any case: in events, or at once.
    static func choose<Element: Sendable>(
        _ context: AnswerContext, events: @escaping () -> any AnswerDecoding<Element>,
        whole: @escaping () -> any AnswerDecoding<Element>
    ) -> any AnswerDecoding<Element> {
        if context.isStream { return events() }
        if context.isText { return whole() }
        return UnnamedAnswer { look in if case .events = look { events() } else { whole() } }
    }
}

/// An answer whose type does not say what it is: its first bytes do.
final class UnnamedAnswer<Element: Sendable>: AnswerDecoding {
    /// What an answer looks like.
    enum Look {
        case events
        case text
        /// Sound that is coded in a way that nobody asked for.
        case coded(String)
        case other
    }

    private let decoding: (Look) -> any AnswerDecoding<Element>
    /// The type says that it is sound, so that more must speak against it.
    private let isCalledSound: Bool
    private var beginning: [UInt8] = []
    private var chosen: (any AnswerDecoding<Element>)?

    /// Waits for an answer that is read according to its look.
    init(isCalledSound: Bool = false, _ decoding: @escaping (Look) -> any AnswerDecoding<Element>) {
        self.isCalledSound = isCalledSound
        self.decoding = decoding
    }

    func next() -> Element? { chosen?.next() }

    var isOver: Bool { chosen?.isOver ?? false }

    func read(_ bytes: Span<UInt8>, at arrival: ContinuousClock.Instant) throws(RemoteError) {
        if let chosen { return try chosen.read(bytes, at: arrival) }
        beginning.append(copying: bytes)
        guard beginning.count >= Self.enough else { return }
        let first = beginning
        try choose().read(first.span, at: arrival)
    }

    func finish() throws(RemoteError) {
        if let chosen { return try chosen.finish() }
        let all = beginning
        let answer = choose()
        try answer.read(all.span, at: .now)
        try answer.finish()
    }

    private func choose() -> any AnswerDecoding<Element> {
        let answer = decoding(look(of: beginning))
        chosen = answer
        beginning = []
        return answer
    }

    /// A mark of byte order, and the longest of the words below.
    private static var enough: Int { 3 + 6 }

    /// Sound may begin with any byte: what is called sound must be text in all of its first bytes before it is taken for
    /// that, and anything else in two.
    private func look(of bytes: [UInt8]) -> Look {
        let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
        let text = bytes.starts(with: mark) ? bytes.dropFirst(mark.count) : bytes[...]
        let isPlain = text.prefix(Self.enough).allSatisfy { (0x20...0x7E).contains($0) || $0 == 0x0A || $0 == 0x0D }
        if isCalledSound && (!isPlain || text.count < Self.enough) { return coding(of: bytes) ?? .other }
        let events = ["data:", "event:", "retry:", "id:", ": ", ":\n", ":\r", "\r\n", "\n\n"]
        if events.contains(where: { text.starts(with: $0.utf8) }) { return .events }
        if let coding = coding(of: bytes) { return coding }
        let texts = ["{\"", "{ ", "{\n", "{\r", "<!", "<h", "<H", "<?"]
        return texts.contains { text.starts(with: $0.utf8) } ? .text : .other
    }

    private func coding(of bytes: [UInt8]) -> Look? {
        let codecs = ["ID3": "MP3", "OggS": "Ogg", "fLaC": "FLAC"]
        return codecs.first { bytes.starts(with: $0.key.utf8) }.map { .coded($0.value) }
    }
}
