internal import Speech

/// An answer that comes at once, asked for like that or not.
final class WholeAnswer<Answer: Decodable, Element: Sendable>: AnswerDecoding {
    private let context: AnswerContext
    private let elements: (Answer) throws(RemoteError) -> [Element]
    private var bytes: [UInt8] = []
    private var ready: [Element] = []
    private var isRead = false

    /// Reads an answer that consists of some elements.
    init(_ context: AnswerContext, elements: @escaping (Answer) throws(RemoteError) -> [Element]) {
        self.context = context
        self.elements = elements
    }

    func next() -> Element? { ready.isEmpty ? nil : ready.removeFirst() }

    var isOver: Bool { false }

    func read(_ piece: Span<UInt8>, at arrival: ContinuousClock.Instant) throws(RemoteError) {
        bytes += piece.indices.map { piece[$0] }
    }

    func finish() throws(RemoteError) {
        guard !isRead else { return }
        isRead = true
        ready = try elements(try context.decodeWhole(bytes))
    }
}
