/// An engine whose voices can be listed and made.
public protocol VoiceCatalog: Sendable {
    /// The voices, of a kind or whose name contains some letters.
    func voices(_ kind: Voice.Kind?, named name: String?) async throws(RemoteError) -> [Voice]

    /// Makes a voice like the one in a sample.
    func clone(_ sample: VoiceSample) async throws(RemoteError) -> ClonedVoice

    /// Deletes a voice of one's own.
    func deleteVoice(_ id: String) async throws(RemoteError)
}

/// A voice.
public struct Voice: Hashable, Sendable {
    /// What ``SpeechRequest/voice`` takes.
    public let id: String
    /// What people call it.
    public let name: String
    /// Whose it is.
    public let kind: Kind?
    /// When it was made, in the service's words.
    public let created: String?
    /// Where a sample can be heard.
    public let sampleURL: String?

    /// Whose a voice is.
    public enum Kind: String, Hashable, Sendable, CaseIterable {
        /// The service's.
        case official = "OFFICIAL"
        /// One's own.
        case own = "PRIVATE"
    }

    /// Makes a voice.
    public init(id: String, name: String, kind: Kind? = nil, created: String? = nil, sampleURL: String? = nil) {
        self.id = id
        self.name = name
        self.kind = kind
        self.created = created
        self.sampleURL = sampleURL
    }
}

/// What a voice is made from.
public struct VoiceSample: Hashable, Sendable {
    /// What the new voice is to be called, unlike any other of the account.
    public var name: String
    /// A file of 3 to 30 seconds of speech, wav or mp3.
    public var path: String
    /// What is said in it: words that do not match make a voice that swallows some.
    public var transcript: String?
    /// What the preview says.
    public var previewText: String

    /// Makes a sample.
    public init(name: String, path: String, transcript: String? = nil, previewText: String) {
        self.name = name
        self.path = path
        self.transcript = transcript
        self.previewText = previewText
    }
}

/// A voice that was made.
public struct ClonedVoice: Hashable, Sendable {
    /// What ``SpeechRequest/voice`` takes.
    public let id: String
    /// The service's file of the preview.
    public let previewFileID: String?

    /// Makes one.
    public init(id: String, previewFileID: String? = nil) {
        self.id = id
        self.previewFileID = previewFileID
    }
}
