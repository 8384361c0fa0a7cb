internal import AudioCore
internal import HTTPTransport
internal import Platform
internal import Speech

/// A clip in a form that the service takes, within its limits.
enum PreparedClip: Sendable {
    /// A file on disk.
    case file(UploadFile, name: String, type: String)
    /// 16-bit WAVE, or bytes that are sent as they are.
    case bytes([UInt8], name: String, type: String)

    /// The rate that the models hear at.
    private static let rate = 16_000

    /// Turns a clip into WAVE of 16 kHz, mono, 16 bits; in a temporary file where it may be of any length.
    ///
    /// - Throws: `limitExceeded` with the limit's name.
    init(_ clip: AudioClip, limits: EngineLimits) async throws(RemoteError) {
        guard let limit = limits.clipDuration else {
            self = .file(try await Self.spooled(clip), name: "audio.wav", type: "audio/wav")
            return
        }
        let sound = try await Self.speech(in: clip, limit: limit)
        let bytes = Self.wave(sound)
        try Self.check(bytes.count, limits)
        self = .bytes(bytes, name: "audio.wav", type: "audio/wav")
    }

    /// Leaves a clip as it is.
    init(asItIs clip: AudioClip, limits: EngineLimits) async throws(RemoteError) {
        switch clip {
        case .file(let path):
            let file = try UploadFile.open(path)
            try Self.check(file.byteCount, limits)
            try await Self.checkDuration(clip, limits.clipDuration)
            let name = String(path.split(separator: "/").last ?? "audio")
            self = .file(file, name: name, type: Self.type(of: name))
        case .bytes(let bytes):
            try Self.check(bytes.count, limits)
            try await Self.checkDuration(clip, limits.clipDuration)
            let name = Self.name(of: bytes)
            self = .bytes(bytes, name: name, type: Self.type(of: name))
        case .samples: self = try await PreparedClip(clip, limits: limits)
        }
    }

    func add(to form: inout Multipart, as field: String) {
        switch self {
        case .file(let file, let name, let type): form.add(field, file: file, fileName: name, type: type)
        case .bytes(let bytes, let name, let type): form.add(field, bytes: bytes, fileName: name, type: type)
        }
    }

    /// A name for a file in memory, whose end says what it is.
    private static func name(of bytes: [UInt8]) -> String {
        let endings = ["RIFF": "wav", "fLaC": "flac", "OggS": "ogg"]
        let ending = endings.first { bytes.starts(with: $0.key.utf8) }?.value
        return "audio.\(ending ?? "mp3")"
    }

    /// The media type that a file's name stands for, as the service wants it.
    static func type(of name: String) -> String {
        let types = ["wav": "audio/wav", "mp3": "audio/mpeg", "flac": "audio/flac", "ogg": "audio/ogg"]
        return types[String(name.split(separator: ".").last ?? "").lowercased()] ?? "application/octet-stream"
    }
}

// MARK: - Limits

extension PreparedClip {
    private static func check(_ byteCount: Int, _ limits: EngineLimits) throws(RemoteError) {
        guard let limit = limits.clipByteCount, byteCount > limit else { return }
        throw RemoteError(
            .limitExceeded, "a clip of \(byteCount) bytes, where \(limit) is the most that the service takes",
            hint: "cut it into shorter clips")
    }

    private static func tooLong(_ limit: Duration) -> RemoteError {
        RemoteError(
            .limitExceeded, "a clip of more than \(limit), the longest that the service hears",
            hint: "cut it into shorter clips")
    }

    /// Refuses a file that says that it is too long; one that says nothing is the service's to refuse.
    private static func checkDuration(_ clip: AudioClip, _ limit: Duration?) async throws(RemoteError) {
        guard let limit, let input = try? await clip.input(), let frames = input.expectedFrameCount else { return }
        guard MediaTime(frames: frames, rate: input.format.rate).seconds <= limit / .seconds(1) else {
            throw tooLong(limit)
        }
    }
}

// MARK: - Sound

extension PreparedClip {
    /// The samples of a clip, at the rate of the models; reading stops where the limit is passed.
    private static func speech(in clip: AudioClip, limit: Duration) async throws(RemoteError) -> [Int16] {
        let most = Int(limit / .seconds(1) * Double(rate))
        var samples: [Int16] = []
        do throws(AudioError) {
            try await clip.read(as: PCMFormat(rate: rate, channels: 1)) { chunk throws(AudioError) in
                samples += chunk.integers().samples
                guard samples.count <= most else { throw AudioError(.limitExceeded, "") }
            }
        } catch {
            throw error.code == .limitExceeded && error.message.isEmpty ? tooLong(limit) : RemoteError(error)
        }
        return samples
    }

    /// The same as a file, however long it is.
    private static func spooled(_ clip: AudioClip) async throws(RemoteError) -> UploadFile {
        do throws(AudioError) {
            let file = try withAudioErrors { () throws(SystemError) in try TemporaryFile(suffix: ".wav") }
            try await write(clip, to: file)
            // `withAudioErrors` would lend the file, which is given away here.
            do throws(SystemError) { return try UploadFile(file) } catch { throw AudioError(error) }
        } catch {
            throw RemoteError(error)
        }
    }

    private static func write(_ clip: AudioClip, to file: borrowing TemporaryFile) async throws(AudioError) {
        func put(_ bytes: [UInt8]) throws(AudioError) {
            try withAudioErrors { () throws(SystemError) in try file.file.write(bytes.span) }
        }
        let format = PCMFormat(rate: rate, channels: 1)
        var writer = WAVWriter(format: format, encoding: .signed16, target: .seekable(expectedFrameCount: nil))
        try put(writer.header())
        try await clip.read(as: format) { chunk throws(AudioError) in try put(writer.encode(chunk.samples.span)) }
        let ending = writer.finish()
        try put(ending.padding)
        try withAudioErrors { () throws(SystemError) in
            for patch in ending.patches { try file.file.overwrite(patch.bytes.span, at: patch.offset) }
        }
    }

    private static func wave(_ samples: [Int16]) -> [UInt8] {
        let format = PCMFormat(rate: rate, channels: 1)
        let chunk = PCMChunk(format: format, start: MediaTime(frames: 0, rate: rate), samples: samples)
        let floats = chunk.floats().samples
        return WAVWriter.file(of: floats.span, format: format, encoding: .signed16)
    }
}
