internal import Platform

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// Reads a stream of server-sent events (HTML Standard, section 9.2) from bytes that are cut anywhere.
///
/// ```swift
/// var events = ServerSentEvents(endingAt: .line)
/// try events.read(bytes.span) { fields, data in … }
/// ```
///
/// Nothing is copied but a line that is cut, and the data of events of several lines.
@_spi(Measuring)
public struct ServerSentEvents: Sendable {
    /// Where an event ends.
    public enum Ending: Sendable {
        /// At the blank line, as the standard has it.
        case blankLine
        /// After each `data` line: some servers leave the blank lines out, and none of ours sends data in several lines.
        case line
    }

    /// What an event says beside its data.
    public struct Fields: Equatable, Sendable {
        /// The event's name; empty where the standard says `message`.
        public fileprivate(set) var name = ""
        /// The last id that the stream told.
        public fileprivate(set) var lastID = ""
        /// How long to wait before connecting anew, in milliseconds, when the stream told it.
        public fileprivate(set) var retryMilliseconds: Int?
    }

    /// A line over the limit.
    public struct LineTooLong: Error, Equatable, Sendable {
        /// The most bytes of a line.
        public let limit: Int
    }

    /// The longest line that is read: 16 MiB, five minutes of speech in one event.
    public static let defaultLineLimit = 1 << 24

    private let ending: Ending
    private let lineLimit: Int
    private var fields = Fields()
    private var nextID = ""
    private var data: [UInt8] = []
    private var hasData = false
    private var cut: [UInt8] = []
    /// A carriage return has ended a line; a line feed that follows belongs to it.
    private var skipsLineFeed = false
    /// Nothing but a part of a byte order mark has come so far.
    private var isAtStart = true

    /// Makes a parser that waits for the first byte.
    public init(endingAt ending: Ending, lineLimit: Int = Self.defaultLineLimit) {
        self.ending = ending
        self.lineLimit = lineLimit
    }

    /// Reads bytes and hands over each event that they complete.
    ///
    /// - Throws: `LineTooLong` for a line over the limit.
    public mutating func read(
        _ bytes: Span<UInt8>, _ body: (Fields, Span<UInt8>) -> Void
    ) throws(LineTooLong) {
        var start = 0
        if skipsLineFeed, !bytes.isEmpty {
            skipsLineFeed = false
            if bytes[0] == Self.lineFeed { start = 1 }
        }
        // Found once for all lines before it: lines may end with carriage returns alone.
        var feed = bytes.place(of: Self.lineFeed, in: start..<bytes.count) ?? bytes.count
        while let end = bytes.lineEnd(from: start, before: feed) {
            try takeLine(bytes.extracting(start..<end), body)
            start = end + 1
            if bytes[end] != Self.carriageReturn {
            } else if start == bytes.count {
                skipsLineFeed = true
            } else if bytes[start] == Self.lineFeed {
                start += 1
            }
            if feed < start { feed = bytes.place(of: Self.lineFeed, in: start..<bytes.count) ?? bytes.count }
        }
        try keep(bytes.extracting(droppingFirst: start))
    }

    /// Ends the stream: where each line is an event, the last needs no end.
    public mutating func finish(_ body: (Fields, Span<UInt8>) -> Void) {
        guard ending == .line, !cut.isEmpty else { return }
        var line: [UInt8] = []
        swap(&line, &cut)
        takeWholeLine(line.span, body)
    }

    private static let lineFeed = UInt8(ascii: "\n")
    private static let carriageReturn = UInt8(ascii: "\r")
}

// MARK: - Lines

extension ServerSentEvents {
    private mutating func takeLine(
        _ end: Span<UInt8>, _ body: (Fields, Span<UInt8>) -> Void
    ) throws(LineTooLong) {
        guard !cut.isEmpty else {
            guard end.count <= lineLimit else { throw LineTooLong(limit: lineLimit) }
            return takeWholeLine(end, body)
        }
        try keep(end)
        var line: [UInt8] = []
        swap(&line, &cut)
        // Its memory goes with it: few lines are cut, and thousands of streams may wait.
        takeWholeLine(line.span, body)
    }

    private mutating func keep(_ part: Span<UInt8>) throws(LineTooLong) {
        guard cut.count + part.count <= lineLimit else {
            throw LineTooLong(limit: lineLimit)
        }
        cut.append(copying: part)
    }

    private mutating func takeWholeLine(_ whole: Span<UInt8>, _ body: (Fields, Span<UInt8>) -> Void) {
        var line = whole
        if isAtStart {
            isAtStart = false
            if line.starts(with: [0xEF, 0xBB, 0xBF]) { line = line.extracting(droppingFirst: 3) }
        }
        guard !line.isEmpty else { return endEvent(body) }
        guard line.starts(with: Self.dataField) else { return takeField(line) }
        let value = line.extracting(droppingFirst: Self.valueStart(in: line, after: Self.dataField.count))
        switch ending {
        case .line: body(fields, value)
        case .blankLine: addData(value)
        }
    }

    private mutating func endEvent(_ body: (Fields, Span<UInt8>) -> Void) {
        fields.lastID = nextID
        if hasData {
            hasData = false
            body(fields, data.span)
            data.removeAll(keepingCapacity: true)
        }
        fields.name = ""
    }

    private mutating func addData(_ value: Span<UInt8>) {
        if hasData { data.append(Self.lineFeed) }
        hasData = true
        data.append(copying: value)
    }

    private static let dataField = Array("data:".utf8)

    /// Where the value begins: after the colon and one space.
    private static func valueStart(in line: Span<UInt8>, after colon: Int) -> Int {
        colon < line.count && line[colon] == UInt8(ascii: " ") ? colon + 1 : colon
    }

    /// Takes any field but `data` with a value.
    private mutating func takeField(_ line: Span<UInt8>) {
        let colon = line.indices.first { line[$0] == UInt8(ascii: ":") }
        let name = String(line.extracting(first: colon ?? line.count))
        let start = colon.map { Self.valueStart(in: line, after: $0 + 1) } ?? line.count
        let value = String(line.extracting(droppingFirst: start))
        switch name {
        case "event": fields.name = value
        case "data": addData([UInt8]().span)
        case "id" where !value.utf8.contains(0): nextID = value
        case "retry" where !value.isEmpty && value.utf8.allSatisfy({ (48...57).contains($0) }):
            fields.retryMilliseconds = Int(value)
        default: break
        }
    }
}

extension String {
    fileprivate init(_ bytes: Span<UInt8>) {
        self = unsafe bytes.withUnsafeBufferPointer { unsafe String(decoding: $0, as: UTF8.self) }
    }
}

extension Span<UInt8> {
    fileprivate func starts(with prefix: [UInt8]) -> Bool {
        count >= prefix.count && prefix.indices.allSatisfy { self[$0] == prefix[$0] }
    }

    /// Where the next carriage return or line feed stands, when the next line feed is known.
    fileprivate func lineEnd(from start: Int, before feed: Int) -> Int? {
        guard start <= feed else { return nil }
        return place(of: UInt8(ascii: "\r"), in: start..<feed) ?? (feed < count ? feed : nil)
    }

    fileprivate func place(of byte: UInt8, in range: Range<Int>) -> Int? {
        unsafe withUnsafeBytes { bytes in
            guard let base = bytes.baseAddress, !range.isEmpty else { return nil }
            let found = unsafe memchr(base + range.lowerBound, Int32(byte), range.count)
            return unsafe found.map { unsafe UnsafeRawPointer($0) - base }
        }
    }
}
