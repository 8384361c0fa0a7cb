/// How a server serves.
public struct ServerSettings: Sendable {
    /// The address of this machine at which it listens.
    public var host = "127.0.0.1"
    /// The port; 0 takes any that is free.
    public var port = 9_000
    /// What clients must show; nil serves everybody who can reach the server.
    public var token: String?
    /// The longest body of a request, in bytes.
    public var longestUpload = 2 << 30
    /// How many recordings are heard at once, and how many wait.
    public var hearing = Lane(running: 4, waiting: 64)
    /// How many texts are spoken and conversations answered at once, and how many wait.
    public var speaking = Lane(running: 256, waiting: 256)
    /// How many calls are taken at once.
    public var calls = 64
    /// The language that is answered when nobody can tell it.
    public var fallbackLanguage = "en"
    /// Whether a film in which nobody speaks gets subtitles without a cue, instead of an error.
    public var givesEmptySubtitles = false
    /// Whether a recording is answered of which the engine refuses a part, without that part, instead of with an error.
    public var allowsHoles = false
    /// The folder whose films a request may name to have the beginning of their sound looked at; nil for none.
    public var mediaFolder: String?
    /// Hears what became of each request, on the thread that serves all: it must not wait for anybody.
    public var log: (@Sendable (AccessLine) -> Void)?
    /// What clients are told the version to be.
    public var version = "0"

    /// Whether only this machine can reach the server.
    public var isForThisMachine: Bool {
        let name = host.lowercased()
        return name == "localhost" || name == "::1" || name.wholeMatch(of: /127(\.\d{1,3}){3}/) != nil
    }

    /// How many requests of a kind are worked on at once, and how many wait for that.
    public struct Lane: Hashable, Sendable {
        /// How many are worked on.
        public var running: Int
        /// How many wait.
        public var waiting: Int

        /// Makes a lane.
        public init(running: Int, waiting: Int) {
            precondition(running > 0 && waiting >= 0, "a lane lets one through at least")
            self.running = running
            self.waiting = waiting
        }
    }

    /// Makes the usual settings.
    public init() {}
}

/// What became of a request, for a log; nothing in it is secret.
public struct AccessLine: Encodable, Sendable {
    /// When it was over, in the form of ISO 8601.
    public let time: String
    /// The number of the request, which its answer has as `X-Log-Id`.
    public let id: String
    /// Who asked.
    public let client: String
    /// The method.
    public let method: String
    /// The path, without parameters.
    public let path: String
    /// The status; 499 when the client left before it had all of the answer.
    public let status: Int
    /// Bytes of the request's body.
    public let received: Int
    /// Bytes of the answer's body.
    public let sent: Int
    /// How long it took, in seconds.
    public let seconds: Double
}
