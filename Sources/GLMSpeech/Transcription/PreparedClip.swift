internal import AudioCore
internal import HTTPTransport
internal import Speech

/// A clip in a form that the service takes, within its limits.
enum PreparedClip: Sendable {
    /// A file on disk, which is sent as it is.
    case file(UploadFile, name: String, type: String)
    /// 16-bit WAVE, or bytes that are sent as they are.
    case bytes([UInt8], name: String, type: String)

    /// The rate that the models hear at.
    private static let rate = 16_000

    /// Turns a clip into WAVE of 16 kHz, mono, 16 bits.
    ///
    /// - Throws: `limitExceeded` with the limit's name.
    init(_ clip: AudioClip, limits: EngineLimits) async throws(RemoteError) {
        let sound = try await Self.speech(in: clip, limit: limits.clipDuration)
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
            try await Self.checkDuration(path, limits.clipDuration)
            let name = String(path.split(separator: "/").last ?? "audio")
            self = .file(file, name: name, type: Self.type(of: name))
        case .bytes(let bytes):
            try Self.check(bytes.count, limits)
            let isWave = bytes.starts(with: "RIFF".utf8)
            self = .bytes(
                bytes, name: isWave ? "audio.wav" : "audio.mp3", type: isWave ? "audio/wav" : "audio/mpeg")
        case .samples: self = try await PreparedClip(clip, limits: limits)
        }
    }

    func add(to form: inout Multipart, as field: String) {
        switch self {
        case .file(let file, let name, let type): form.add(field, file: file, fileName: name, type: type)
        case .bytes(let bytes, let name, let type): form.add(field, bytes: bytes, fileName: name, type: type)
        }
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
    private static func checkDuration(_ path: String, _ limit: Duration?) async throws(RemoteError) {
        guard let limit, let input = try? await AudioInput(path: path), let frames = input.expectedFrameCount
        else { return }
        guard MediaTime(frames: frames, rate: input.format.rate).seconds <= limit / .seconds(1) else {
            throw tooLong(limit)
        }
    }
}

// MARK: - Sound

extension PreparedClip {
    /// The samples of a clip, at the rate of the models; reading stops where the limit is passed.
    private static func speech(in clip: AudioClip, limit: Duration?) async throws(RemoteError) -> [Int16] {
        let most = limit.map { Int($0 / .seconds(1) * Double(rate)) } ?? .max
        var samples: [Int16] = []
        do throws(AudioError) {
            try await clip.read(as: PCMFormat(rate: rate, channels: 1)) { chunk throws(AudioError) in
                samples += chunk.integers().samples
                guard samples.count <= most else { throw AudioError(.limitExceeded, "") }
            }
        } catch {
            throw error.code == .limitExceeded && error.message.isEmpty ? tooLong(limit ?? .zero) : RemoteError(error)
        }
        return samples
    }

    private static func wave(_ samples: [Int16]) -> [UInt8] {
        let format = PCMFormat(rate: rate, channels: 1)
        let chunk = PCMChunk(format: format, start: MediaTime(frames: 0, rate: rate), samples: samples)
        let floats = chunk.floats().samples
        return WAVWriter.file(of: floats.span, format: format, encoding: .signed16)
    }
}
