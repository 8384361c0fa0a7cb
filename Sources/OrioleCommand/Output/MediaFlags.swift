internal import AudioCore
internal import Platform

/// The flags that say which sound of a film is meant.
enum MediaFlags {
    static let track = Flag(
        "track", .text("N|LANG"), "which sound track of a film: its number from 0, or its language")

    static func track(_ typed: TypedArguments) -> AudioTrack {
        typed[track].map { text in Int(text).map { .index($0) } ?? .language(text) } ?? .automatic
    }
}

extension AudioInput {
    /// How long the sound is to be expected, when that is known.
    var expectedSeconds: Double? { expectedFrameCount.map { Double($0) / Double(format.rate) } }

    /// Opens a recording by its name, or standard input as it comes.
    init(named path: String, track: AudioTrack) async throws(AudioError) {
        if path == "-" {
            try await self.init(pipe: .standardInput, track: track)
        } else {
            try await self.init(path: path, track: track)
        }
    }
}
