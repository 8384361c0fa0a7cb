internal import AudioCore
internal import Platform

/// The forms in which speech is sent.
enum SpeechForm: String, CaseIterable, Sendable {
    case mp3, opus, aac, flac, wav, pcm

    /// Speech is sent at this rate: what headerless samples are taken for.
    static let rate = 24_000

    var contentType: String {
        switch self {
        case .mp3: "audio/mpeg"
        case .opus: "audio/opus"
        case .aac: "audio/aac"
        case .flac: "audio/flac"
        case .wav: "audio/wav"
        case .pcm: "audio/pcm"
        }
    }

    /// How it is coded here; AAC is left to ffmpeg.
    private var kind: OutputSettings.Kind? { OutputSettings.Kind(rawValue: rawValue) }

    /// Begins to code.
    func encoder(for format: PCMFormat) throws(Fault) -> SpeechEncoder {
        guard let kind else { return try SpeechEncoder(aac: format) }
        // Pages of a fifth of a second: a listener begins at once.
        let settings = OutputSettings(
            kind: kind, bitrate: self == .mp3 ? 64_000 : nil, pageInterval: .milliseconds(200))
        do throws(AudioError) {
            return SpeechEncoder(coding: try SoundEncoder(settings, format: format))
        } catch {
            throw Fault(error)
        }
    }
}

/// Codes speech as it comes; AAC, which only ffmpeg makes, once all of it is there.
struct SpeechEncoder: ~Copyable {
    private var encoder: Optional<SoundEncoder>
    /// The sound of which AAC is made.
    private let recording: Recording?

    fileprivate init(coding encoder: consuming SoundEncoder) {
        self.encoder = consume encoder
        recording = nil
    }

    fileprivate init(aac format: PCMFormat) throws(Fault) {
        self = try Self.recording(format)
    }

    private init(_ encoder: consuming SoundEncoder, into recording: Recording) {
        self.encoder = consume encoder
        self.recording = recording
    }

    private static func recording(_ format: PCMFormat) throws(Fault) -> SpeechEncoder {
        do throws(AudioError) {
            try AACFile.check()
            return SpeechEncoder(
                try SoundEncoder(OutputSettings(kind: .wav), format: format), into: try Recording())
        } catch {
            throw Fault(error)
        }
    }

    /// The bytes that sound makes ready.
    mutating func encode(_ samples: [Float]) throws(Fault) -> [UInt8] {
        var bytes: [UInt8] = []
        do throws(AudioError) {
            try encoder?.encode(samples.span, appendingTo: &bytes)
            guard let recording else { return bytes }
            try recording.write(bytes)
        } catch {
            throw Fault(error)
        }
        return []
    }

    /// The last bytes.
    mutating func finish() async throws(Fault) -> [UInt8] {
        var bytes: [UInt8] = []
        do throws(AudioError) {
            try encoder.take()?.finish(appendingTo: &bytes)
            guard let recording else { return bytes }
            try recording.write(bytes)
            return try await AACFile.bytes(of: recording.path)
        } catch {
            throw Fault(error)
        }
    }
}

/// A temporary file of sound.
private final class Recording {
    private let file: TemporaryFile

    init() throws(AudioError) {
        file = try withAudioErrors { () throws(SystemError) in try TemporaryFile(suffix: ".wav") }
    }

    var path: String { file.path }

    func write(_ bytes: [UInt8]) throws(AudioError) {
        try withAudioErrors { () throws(SystemError) in try file.file.write(bytes.span) }
    }
}
