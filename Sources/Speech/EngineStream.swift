/// What an engine gives over time, at the pace of its reader: nothing is asked of the engine before the first element is.
///
/// A reader that leaves, or whose task is cancelled, ends the work. The last error is thrown after what came before it.
///
/// ```swift
/// for try await chunk in try engine.speak(SpeechRequest("你好")) { player.play(chunk.audio) }
/// ```
public struct EngineStream<Element: Sendable>: AsyncSequence {
    /// What went wrong, when something did.
    public typealias Failure = RemoteError

    private let source: any EngineSource<Element>

    /// Makes a stream of what a source gives.
    public init(_ source: any EngineSource<Element>) { self.source = source }

    /// Begins to read; a stream is read once.
    public func makeAsyncIterator() -> Iterator { Iterator(source: source) }

    /// The reader's place in a stream.
    public struct Iterator: AsyncIteratorProtocol {
        fileprivate let source: any EngineSource<Element>

        /// Returns the next element, or nil at the end.
        public mutating func next() async throws(RemoteError) -> Element? { try await source.next() }

        /// Returns the next element, or nil at the end.
        public mutating func next(isolation: isolated (any Actor)?) async throws(RemoteError) -> Element? {
            try await source.next()
        }
    }
}

/// Where the elements of a stream come from; the work ends when it goes away.
public protocol EngineSource<Element>: AnyObject {
    /// What is given.
    associatedtype Element: Sendable

    /// The next element, or nil at the end.
    func next() async throws(RemoteError) -> Element?
}
