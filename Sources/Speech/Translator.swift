/// An engine that translates lines.
public protocol Translator: Sendable {
    /// What it takes at most.
    var translationLimits: EngineLimits { get }

    /// Translates lines that belong together, each for itself.
    ///
    /// An engine may give more or fewer lines than it was given; who asks looks.
    func translate(_ request: TranslationRequest) async throws(RemoteError) -> [String]
}

/// Lines to be translated, and what stands around them.
public struct TranslationRequest: Hashable, Sendable {
    /// The lines.
    public var lines: [String]
    /// The language that is wanted, such as `zh` or `en`.
    public var language: String
    /// Lines before them, which are not translated.
    public var before: [String]
    /// Lines behind them, which are not translated.
    public var after: [String]

    /// Makes a request.
    public init(_ lines: [String], to language: String, before: [String] = [], after: [String] = []) {
        self.lines = lines
        self.language = language
        self.before = before
        self.after = after
    }
}
