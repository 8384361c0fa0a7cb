internal import Platform
internal import Speech

/// An answer that comes at once, asked for like that or not.
final class WholeAnswer<Answer: Decodable, Element: Sendable>: AnswerDecoding {
    private let context: AnswerContext
    private let elements: (Answer) throws(RemoteError) -> [Element]
    private var bytes: [UInt8] = []
    private var ready: ArraySlice<Element> = []

    /// Reads an answer that consists of some elements.
    init(_ context: AnswerContext, elements: @escaping (Answer) throws(RemoteError) -> [Element]) {
        self.context = context
        self.elements = elements
    }

    func next() -> Element? { ready.popFirst() }

    var isOver: Bool { false }

    func read(_ piece: Span<UInt8>, at arrival: ContinuousClock.Instant) throws(RemoteError) {
        guard bytes.count + piece.count <= AnswerContext.longest else { throw context.tooLong }
        bytes.append(copying: piece)
    }

    func finish() throws(RemoteError) {
        ready = try elements(try context.decodeWhole(bytes))[...]
    }
}
