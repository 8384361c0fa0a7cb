internal import AudioCore
internal import Platform
internal import Speech

/// The utterances of a clip, as the recognizer hears them.
struct HeardUtterances: ~Copyable {
    private let file: TemporaryFile
    private var program: Optional<RunningProgram>
    private var reader: any UtteranceReader
    private var bytes: [UInt8] = []
    private var ready: [Utterance] = []

    /// An utterance of hours has fewer bytes.
    private static let longestLine = 1 << 20

    /// What is heard as a whole.
    private static let shortSeconds = 30.0
    private static var format: PCMFormat { PCMFormat(rate: 16_000, channels: 1) }

    /// Writes the clip down as the recognizer wants it, without a header, and starts it.
    init(_ clip: AudioClip, by recognizer: Recognizer = .installed) async throws(RemoteError) {
        let sound = try await Self.write(clip)
        let limit = Duration.seconds(60 + 10 * sound.seconds)
        let limits = ChildProcess.Limits(total: limit, silence: limit)
        let program = try recognizer.program.start(
            recognizer.arguments(
                for: sound.file.path, asWhole: sound.seconds <= Self.shortSeconds), limits: limits)
        file = sound.file
        self.program = consume program
        reader = recognizer.makeReader()
    }

    /// The next utterance, or nil at the end.
    mutating func next() async throws(RemoteError) -> Utterance? {
        while ready.isEmpty {
            guard var running = program.take() else { return nil }
            if try await running.read(appendingTo: &bytes) {
                program = consume running
                try takeLines()
            } else {
                try await Self.end(running)
                bytes.append(UInt8(ascii: "\n"))
                try takeLines()
                if let last = reader.finish() { ready += last.parts }
            }
        }
        return ready.removeFirst()
    }

    /// Waits for the end of the recognizer, which without its model ends at once and says nothing.
    private static func end(_ program: consuming RunningProgram) async throws(RemoteError) {
        do throws(RemoteError) {
            try await program.finish()
        } catch {
            var error = error
            if error.code == .serviceFailed {
                error.hint = "its English model may be missing: \(Environment.installing("pocketsphinx-en-us"))"
            }
            throw error
        }
    }

    private mutating func takeLines() throws(RemoteError) {
        while let end = bytes.firstIndex(of: UInt8(ascii: "\n")) {
            let line = String(decoding: bytes[..<end], as: UTF8.self)
            bytes.removeFirst(end + 1)
            if let utterance = try reader.read(line[...]) { ready += utterance.parts }
        }
        guard bytes.count <= Self.longestLine else {
            throw RemoteError(.malformedAnswer, "pocketsphinx wrote a line of more than \(Self.longestLine) bytes")
        }
    }

    /// Samples in a file, and how many seconds they last.
    private struct Sound: ~Copyable {
        let file: TemporaryFile
        let seconds: Double
    }

    /// The samples of the clip in a file.
    private static func write(_ clip: AudioClip) async throws(RemoteError) -> Sound {
        do throws(AudioError) {
            let file = try withAudioErrors { () throws(SystemError) in try TemporaryFile(suffix: ".raw") }
            let encoder = PCMEncoder(.signed16)
            var frameCount = 0
            try await clip.read(as: format) { chunk throws(AudioError) in
                guard !Task.isCancelled else { throw AudioError(.cancelled, "stopped before it was heard") }
                var bytes: [UInt8] = []
                encoder.encode(chunk.samples.span, appendingTo: &bytes)
                try withAudioErrors { () throws(SystemError) in try file.file.write(bytes.span) }
                frameCount += chunk.frameCount
            }
            return Sound(file: file, seconds: Double(frameCount) / Double(format.rate))
        } catch {
            throw RemoteError(error)
        }
    }
}
