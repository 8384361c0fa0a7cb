internal import Platform
internal import Speech

/// An answer that is read for what it says is wrong, since it cannot be what was asked for.
final class FailureAnswer<Element: Sendable>: AnswerDecoding {
    private let context: AnswerContext
    private var text: [UInt8] = []
    private static var longest: Int { 1 << 20 }

    init(_ context: AnswerContext) { self.context = context }

    func next() -> Element? { nil }

    var isOver: Bool { text.count >= Self.longest }

    func read(_ bytes: Span<UInt8>, at arrival: ContinuousClock.Instant) {
        text.append(copying: bytes)
    }

    func finish() throws(RemoteError) { throw context.refusal(text) }
}
