internal import Platform

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// Reads a form (RFC 7578) from any cut of its bytes; files go to disk as they come.
struct MultipartReader: ~Copyable {
    /// The line between parts, with the line end that belongs to it.
    private let delimiter: [UInt8]
    private var place = Place.preamble
    /// What has come and is not understood yet; the first line end is ours, so that a form may begin with a delimiter.
    private var waiting: [UInt8] = [0x0D, 0x0A]
    private var head: PartHead?
    private var content: Optional<SpoolWriter> = nil
    private var parts: [Form.Part] = []
    /// What more parts may keep in memory.
    private var memoryByteCount = SpoolWriter.mostInMemory

    private enum Place { case preamble, afterDelimiter, head, content, end }

    /// The most parts, and the longest head of one.
    static let (mostParts, longestHead) = (100, 16_384)

    /// Makes a reader for the boundary that the content type names.
    init(boundary: String) { delimiter = Array("\r\n--\(boundary)".utf8) }

    /// The boundary in a content type; nil where it is no form.
    static func boundary(of type: String?) throws(Fault) -> String? {
        guard let type, type.lowercased().hasPrefix("multipart/form-data") else { return nil }
        guard let boundary = HeaderValue(type).parameters["boundary"], !boundary.isEmpty, boundary.utf8.count <= 200
        else { throw Fault(.invalid, "the form has no boundary", parameter: "content-type") }
        return boundary
    }

    /// Reads bytes.
    mutating func read(_ bytes: Span<UInt8>) throws(Fault) {
        waiting.append(copying: bytes)
        while try step() {}
    }

    /// The form, once all of it has come.
    consuming func finish() throws(Fault) -> Form {
        guard place == .end else { throw Fault(.invalid, "the form ends before its last line") }
        return Form(parts: parts)
    }

    /// Understands one thing more, where there is one.
    private mutating func step() throws(Fault) -> Bool {
        switch place {
        case .preamble: return try skipToDelimiter()
        case .afterDelimiter: return try readEndOfDelimiter()
        case .head: return try readHead()
        case .content: return try readContent()
        case .end:
            waiting.removeAll()
            return false
        }
    }

    private mutating func skipToDelimiter() throws(Fault) -> Bool {
        guard let start = waiting.place(of: delimiter) else {
            waiting.removeFirst(max(0, waiting.count - delimiter.count))
            return false
        }
        waiting.removeFirst(start + delimiter.count)
        place = .afterDelimiter
        return true
    }

    /// Two dashes end the form; blanks and a line end begin a part.
    private mutating func readEndOfDelimiter() throws(Fault) -> Bool {
        if waiting.starts(with: [0x2D, 0x2D]) {
            place = .end
            return true
        }
        guard let end = waiting.place(of: [0x0D, 0x0A]) else {
            guard waiting.count <= 100 else { throw Fault(.invalid, "the form has a line that never ends") }
            return false
        }
        guard waiting[..<end].allSatisfy({ $0 == 0x20 || $0 == 0x09 }) else {
            throw Fault(.invalid, "something stands behind a boundary of the form")
        }
        guard parts.count < Self.mostParts else {
            throw Fault(.tooLarge, "the form has more than \(Self.mostParts) parts")
        }
        // The line end stays: the head's own end begins with it when there is no line in it.
        waiting.removeFirst(end)
        place = .head
        return true
    }

    private mutating func readHead() throws(Fault) -> Bool {
        guard let end = waiting.place(of: [0x0D, 0x0A, 0x0D, 0x0A]) else {
            guard waiting.count <= Self.longestHead else {
                throw Fault(.tooLarge, "the head of a part is longer than \(Self.longestHead) bytes")
            }
            return false
        }
        head = try PartHead(String(decoding: waiting[..<end], as: UTF8.self))
        waiting.removeFirst(end + 4)
        content = SpoolWriter(mostInMemory: memoryByteCount)
        place = .content
        return true
    }

    private mutating func readContent() throws(Fault) -> Bool {
        let end = waiting.place(of: delimiter)
        // What may be the beginning of a delimiter waits.
        let count = end ?? max(0, waiting.count - delimiter.count + 1)
        let piece = waiting
        try content?.write(piece.span.extracting(first: count))
        waiting.removeFirst(count + (end == nil ? 0 : delimiter.count))
        guard end != nil, let head, let finished = content.take() else { return false }
        let spool = try finished.finish()
        if !spool.isOnDisk { memoryByteCount -= spool.byteCount }
        parts.append(Form.Part(name: head.name, fileName: head.fileName, type: head.type, content: spool))
        place = .afterDelimiter
        return true
    }
}

/// What a part says of itself.
private struct PartHead {
    let name: String
    let fileName: String?
    let type: String?

    init(_ text: String) throws(Fault) {
        var disposition: HeaderValue?
        var type: String?
        for line in text.split(separator: "\r\n") {
            guard let colon = line.firstIndex(of: ":") else { continue }
            let value = line[line.index(after: colon)...].drop { $0 == " " || $0 == "\t" }
            switch line[..<colon].lowercased() {
            case "content-disposition": disposition = HeaderValue(String(value))
            case "content-type": type = String(value)
            default: break
            }
        }
        guard let disposition, let name = disposition.parameters["name"] else {
            throw Fault(.invalid, "a part of the form has no name")
        }
        self.name = name
        fileName = disposition.parameters["filename"]
        self.type = type
    }
}

/// A header's value with parameters: `form-data; name="file"`.
struct HeaderValue {
    private(set) var parameters: [String: String] = [:]

    init(_ text: String) {
        var rest = text.drop { $0 != ";" }.dropFirst()
        while !rest.isEmpty {
            rest = rest.drop { $0 == " " || $0 == ";" || $0 == "\t" }
            let name = rest.prefix { $0 != "=" && $0 != ";" }
            rest = rest.dropFirst(name.count)
            guard rest.first == "=" else { continue }
            rest = rest.dropFirst().drop { $0 == " " || $0 == "\t" }
            let value = Self.value(&rest)
            let key = name.filter { $0 != " " }.lowercased()
            if parameters[key] == nil { parameters[key] = value }
        }
    }

    /// A word, or what stands in quotes, where a backslash takes the next sign as it is.
    private static func value(_ rest: inout Substring) -> String {
        guard rest.first == "\"" else {
            let word = rest.prefix { $0 != ";" }
            rest = rest.dropFirst(word.count)
            return word.trimmingSuffix(while: \.isWhitespace)
        }
        rest = rest.dropFirst()
        var value = ""
        while let sign = rest.popFirst(), sign != "\"" {
            // Browsers send the paths of Windows with single backslashes.
            if sign == "\\", let next = rest.first, next == "\"" || next == "\\" {
                value.append(next)
                rest = rest.dropFirst()
            } else {
                value.append(sign)
            }
        }
        return value
    }
}

extension Substring {
    fileprivate func trimmingSuffix(while isDropped: (Character) -> Bool) -> String {
        var text = self
        while let last = text.last, isDropped(last) { text = text.dropLast() }
        return String(text)
    }
}

extension [UInt8] {
    /// Where a sequence of bytes begins for the first time; its first byte is rare.
    fileprivate func place(of sequence: [UInt8]) -> Int? {
        unsafe withUnsafeBytes { bytes in
            guard let base = bytes.baseAddress else { return nil }
            var start = 0
            while start + sequence.count <= bytes.count {
                let rest = bytes.count - start - sequence.count + 1
                guard let found = unsafe memchr(base + start, Int32(sequence[0]), rest) else { return nil }
                start = unsafe UnsafeRawPointer(found) - base
                if unsafe memcmp(found, sequence, sequence.count) == 0 { return start }
                start += 1
            }
            return nil
        }
    }
}
