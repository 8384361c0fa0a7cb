/// The identification header of an Opus stream (RFC 7845, section 5.1).
struct OpusHead: Equatable {
    var channels: Int
    /// Frames at 48 kHz to drop at the beginning.
    var preSkip: Int
    var inputRate: Int
    /// Output gain in 1/256 dB.
    var gain: Int
    var mapping: Mapping

    /// Which coded stream feeds which channel.
    struct Mapping: Equatable {
        var family: UInt8
        var streams: Int
        var coupled: Int
        var table: [UInt8]

        /// Family 0: one stream, mono or stereo.
        static func plain(channels: Int) -> Mapping {
            Mapping(family: 0, streams: 1, coupled: channels - 1, table: Array([0, 1][..<channels]))
        }
    }

    static let magic = Array("OpusHead".utf8)

    /// The header as a packet; the mapping is of family 0.
    var packet: [UInt8] {
        var bytes = Self.magic + [1, UInt8(channels)]
        bytes.append(littleEndian: UInt16(preSkip))
        bytes.append(littleEndian: UInt32(clamping: inputRate))
        bytes.append(littleEndian: Int16(clamping: gain))
        return bytes + [0]
    }
}

extension OpusHead {
    /// Reads a header packet.
    ///
    /// - Throws: `malformedInput`, or `unsupported` for another major version or mapping.
    init(packet: Span<UInt8>) throws(AudioError) {
        guard packet.count >= 19, packet[8] & 0xF0 == 0 else {
            throw AudioError(.unsupported, "an Opus header of \(packet.count) bytes, or of a later version")
        }
        channels = Int(packet[9])
        preSkip = Int(packet.number(UInt16.self, at: 10, .littleEndian))
        inputRate = Int(packet.number(UInt32.self, at: 12, .littleEndian))
        gain = Int(Int16(bitPattern: packet.number(UInt16.self, at: 16, .littleEndian)))
        mapping = try Self.mapping(packet, channels: channels)
    }

    private static func mapping(_ packet: Span<UInt8>, channels: Int) throws(AudioError) -> Mapping {
        let family = packet[18]
        if family == 0, (1...2).contains(channels) { return .plain(channels: channels) }
        // Family 255 may have up to 255 channels, of which a small packet would take much memory.
        guard family == 1 || family == 255, (1...8).contains(channels),
            packet.count >= 21 + channels
        else {
            throw AudioError(.unsupported, "an Opus stream of \(channels) channels in mapping family \(family)")
        }
        let streams = Int(packet[19])
        let coupled = Int(packet[20])
        let table = (0..<channels).map { packet[21 + $0] }
        guard streams > 0, coupled <= streams, streams + coupled <= 255,
            table.allSatisfy({ $0 == 255 || Int($0) < streams + coupled })
        else { throw AudioError(.malformedInput, "an Opus header maps channels to streams that are not there") }
        return Mapping(
            family: family, streams: streams, coupled: coupled,
            table: family == 1 ? waveOrder[channels - 1].map { table[$0] } : table)
    }

    /// For each number of channels, which Vorbis channel comes where in a WAVE file (Vorbis I, section 4.3.9).
    private static let waveOrder: [[Int]] = [
        [0], [0, 1], [0, 2, 1], [0, 1, 2, 3], [0, 2, 1, 3, 4], [0, 2, 1, 5, 3, 4], [0, 2, 1, 6, 5, 3, 4],
        [0, 2, 1, 7, 5, 6, 3, 4],
    ]
}

/// What an Opus file says about itself: a vendor, and comments of the form `NAME=value` (RFC 7845, section 5.2).
public struct OpusTags: Hashable, Sendable {
    /// Who coded the sound.
    public var vendor: String
    /// The comments, in order; a name may come more than once.
    public var comments: [Comment]

    /// A name and a value.
    public struct Comment: Hashable, Sendable {
        /// What it says; compared without regard to case.
        public let name: String
        /// The text.
        public let value: String

        /// Makes a comment.
        ///
        /// - Precondition: the name is of printable ASCII without `=`, one character at least.
        public init(_ name: String, _ value: String) {
            precondition(
                !name.isEmpty && name.utf8.allSatisfy { (0x20...0x7D).contains($0) && $0 != UInt8(ascii: "=") },
                "not a comment's name")
            self.name = name
            self.value = value
        }
    }

    /// Makes tags.
    public init(vendor: String = "", comments: [Comment] = []) {
        self.vendor = vendor
        self.comments = comments
    }

    /// The first value of a name.
    public subscript(_ name: String) -> String? {
        comments.first { $0.name.lowercased() == name.lowercased() }?.value
    }

    /// Adds a mark for a chapter, as players of Ogg files know it; the marks come in order, from 0.
    public mutating func addChapter(at start: MediaTime, title: String) {
        precondition(start.frames >= 0, "a chapter begins within the sound")
        let number = comments.count { $0.name.hasPrefix("CHAPTER") && $0.name.hasSuffix("NAME") }
        let name = "CHAPTER" + Self.padded(number, 3)
        comments.append(Comment(name, Self.clock(start)))
        comments.append(Comment(name + "NAME", title))
    }

    /// Hours, minutes, seconds and milliseconds, two digits at least of each.
    private static func clock(_ time: MediaTime) -> String {
        let total = time.converted(to: 1_000).frames
        let parts = [total / 3_600_000, total / 60_000 % 60, total / 1_000 % 60].map { padded($0, 2) }
        return parts.joined(separator: ":") + "." + padded(total % 1_000, 3)
    }

    /// A number with so many digits at least.
    private static func padded(_ number: Int, _ digits: Int) -> String {
        let text = String(number)
        return String(repeating: "0", count: max(digits - text.count, 0)) + text
    }
}

extension OpusTags {
    static let magic = Array("OpusTags".utf8)

    /// The tags as a packet.
    var packet: [UInt8] {
        var bytes = Self.magic
        Self.append(vendor, to: &bytes)
        bytes.append(littleEndian: UInt32(comments.count))
        for comment in comments { Self.append("\(comment.name)=\(comment.value)", to: &bytes) }
        return bytes
    }

    /// Reads a comment packet; what is damaged is left out.
    init(packet: Span<UInt8>) {
        var offset = Self.magic.count
        func text() -> String? {
            guard offset + 4 <= packet.count else { return nil }
            let length = Int(packet.number(UInt32.self, at: offset, .littleEndian))
            guard length <= packet.count - offset - 4 else { return nil }
            let bytes = (0..<length).map { packet[offset + 4 + $0] }
            offset += 4 + length
            return String(decoding: bytes, as: UTF8.self)
        }
        self.init(vendor: text() ?? "")
        guard offset + 4 <= packet.count else { return }
        let count = packet.number(UInt32.self, at: offset, .littleEndian)
        offset += 4
        for _ in 0..<count {
            guard let comment = text() else { return }
            let parts = comment.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let isName = !parts[0].isEmpty && parts[0].utf8.allSatisfy { (0x20...0x7D).contains($0) }
            if parts.count == 2 && isName { comments.append(Comment(String(parts[0]), String(parts[1]))) }
        }
    }

    private static func append(_ text: String, to bytes: inout [UInt8]) {
        bytes.append(littleEndian: UInt32(text.utf8.count))
        bytes += Array(text.utf8)
    }
}
