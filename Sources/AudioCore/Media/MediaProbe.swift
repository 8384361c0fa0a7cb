internal import Platform

/// What is in a film or another file that ffmpeg reads.
public struct MediaProbe: Equatable, Sendable {
    /// The sound tracks, in the file's order.
    public let tracks: [Track]
    /// How long the file lasts, when it says so.
    public let duration: Duration?
    /// Whether there is a picture that moves; a cover is none.
    public let hasPicture: Bool

    /// One sound track.
    public struct Track: Equatable, Sendable {
        /// Its place among the sound tracks, from 0.
        public let index: Int
        /// Its language as the file names it, usually three letters of ISO 639-2.
        public let language: String?
        /// Whether players take it unless told otherwise.
        public let isDefault: Bool
        /// The codec, the rate and the channels in ffmpeg's words.
        public let details: String
    }

    /// Asks ffmpeg about a file.
    ///
    /// - Throws: `notFound`; `missingProgram` without ffmpeg; `malformedInput` when the file is no media file.
    public init(path: String) async throws(AudioError) {
        let report = try await FFmpeg.report(on: path)
        // ffmpeg takes any text for a recording of a terminal.
        let isMedia = report.split(separator: "\n").contains {
            $0.hasPrefix("Input #0") && !$0.hasPrefix("Input #0, tty")
        }
        guard isMedia else {
            throw AudioError(.malformedInput, "\(path) is not a media file")
        }
        self.init(report: report)
    }

    /// Reads what ffmpeg prints about its input.
    init(report: String) {
        var tracks: [Track] = []
        var duration: Duration?
        var hasPicture = false
        for line in report.split(separator: "\n").map({ $0.drop(while: { $0 == " " }) }) {
            if line.hasPrefix("Stream #0:"), let range = line.firstRange(of: ": Audio: ") {
                let head = line[..<range.lowerBound]
                let details = line[range.upperBound...]
                tracks.append(
                    Track(
                        index: tracks.count, language: Self.language(in: head),
                        isDefault: details.contains("(default)"),
                        details: String(details.replacing(" (default)", with: ""))))
            } else if line.hasPrefix("Stream #0:"), line.contains(": Video: "), !line.contains("(attached pic)") {
                hasPicture = true
            } else if line.hasPrefix("Duration: ") {
                duration = Self.duration(line.dropFirst(10).prefix(while: { $0 != "," }))
            }
        }
        self.tracks = tracks
        self.duration = duration
        self.hasPicture = hasPicture
    }

    /// The language in `Stream #0:1[0x2](eng)`.
    private static func language(in head: Substring) -> String? {
        guard let open = head.lastIndex(of: "("), head.last == ")" else { return nil }
        let name = head[head.index(after: open)...].dropLast()
        return name.isEmpty || name == "und" ? nil : String(name)
    }

    /// The time in `01:02:03.45`.
    private static func duration(_ text: Substring) -> Duration? {
        let parts = text.split(separator: ":").compactMap { Double($0) }
        guard parts.count == 3 else { return nil }
        return .seconds(parts[0] * 3_600 + parts[1] * 60 + parts[2])
    }
}

extension MediaProbe {
    /// When the sound of a film begins, from the film's beginning: of its track in a language where there is one, else of the one
    /// that players take.
    package static func beginningOfSound(in path: String, language: String?) async throws(AudioError) -> Duration {
        let probe = try await MediaProbe(path: path)
        let spoken = probe.tracks.first { track in language.map { Languages.agree(track.language, $0) } ?? false }
        let usual = try probe.track(.automatic, in: path)
        let track = spoken ?? usual
        let report = try await FFmpeg.firstSound(of: path, track: track.index)
        guard let range = report.firstRange(of: "pts_time:"),
            let seconds = Double(report[range.upperBound...].prefix { $0 != " " && $0 != "\n" })
        else { throw AudioError(.noAudio, "ffmpeg finds no sound in \(path)") }
        return .seconds(seconds)
    }

    /// The track that a choice means.
    ///
    /// - Throws: `noAudio` when there is no sound, or none that is meant; the message lists what there is.
    func track(_ choice: AudioTrack, in path: String) throws(AudioError) -> Track {
        guard let first = tracks.first else { throw AudioError(.noAudio, "\(path) has no audio track") }
        let found: Track? =
            switch choice {
            case .automatic: tracks.first(where: \.isDefault) ?? first
            case .index(let index): tracks.first { $0.index == index }
            case .language(let language): tracks.first { Languages.agree($0.language, language) }
            }
        guard let found else {
            throw AudioError(.noAudio, "\(path) has no audio track \(choice)", remedy: "there are: \(list)")
        }
        return found
    }

    private var list: String {
        tracks.map {
            "\($0.index) (\($0.language ?? "no language"), \($0.details.prefix { $0 != "," && $0 != "(" && $0 != " " }))"
        }
        .joined(separator: "; ")
    }
}

/// Which sound track of a film is meant.
public enum AudioTrack: Hashable, Sendable, CustomStringConvertible {
    /// The one that players take.
    case automatic
    /// The one at a place among the sound tracks, from 0.
    case index(Int)
    /// The first in a language: two or three letters of ISO 639, such as `zh` or `chi`.
    case language(String)

    /// The number or the language.
    public var description: String {
        switch self {
        case .automatic: "by default"
        case .index(let index): "\(index)"
        case .language(let language): "in ‘\(language)’"
        }
    }
}
