/// Looks over a document of tags before libxml2 does, which takes very long over some that nobody writes by hand.
enum TagScan {
    /// What a document asks of its reader.
    struct Measure: Equatable {
        /// The most attributes of a tag: libxml2 compares each with all others.
        var attributes = 0
        /// The most tags that are open at once, as far as it can be told; what is deeper than some depth, libxml2 leaves out.
        var open = 0
    }

    /// The document without comments, and without what stands in scripts and styles.
    static func withoutHidden(_ bytes: [UInt8]) -> [UInt8] {
        guard bytes.contains(UInt8(ascii: "<")) else { return bytes }
        var seen: [UInt8] = []
        seen.reserveCapacity(bytes.count)
        // What is missing from here on is not looked for again.
        var missing: Set<String> = []
        var (taken, index) = (0, 0)
        while let start = bytes[index...].firstIndex(of: UInt8(ascii: "<")) {
            index = start + 1
            guard let (head, end) = hidden.first(where: { bytes.holds($0.begin, at: start) }),
                !missing.contains(end)
            else { continue }
            // The tag of a script stays, with its attributes.
            let isComment = head == "<!--"
            let from = isComment ? start : (bytes[start...].firstIndex(of: UInt8(ascii: ">")) ?? bytes.count - 1) + 1
            guard let close = bytes.place(of: end, from: from) else {
                missing.insert(end)
                continue
            }
            seen += bytes[taken..<from]
            taken = isComment ? close + end.utf8.count : close
            index = taken
        }
        return seen + bytes[taken...]
    }

    private static let hidden = [
        (begin: "<!--", end: "-->"), (begin: "<script", end: "</script"), (begin: "<style", end: "</style"),
    ]

    /// Walks over the tags as the parser does: a name, then attributes with values in marks or without.
    static func measure(_ bytes: [UInt8]) -> Measure {
        var measure = Measure()
        var depth = 0
        var index = 0
        while let start = bytes[index...].firstIndex(of: UInt8(ascii: "<")) {
            index = start + 1
            guard index < bytes.count else { break }
            if bytes[index] == UInt8(ascii: "/") {
                if !neverClosed.contains(name(bytes, from: index + 1)) { depth = max(0, depth - 1) }
            } else if bytes[index].isLetter {
                let name = name(bytes, from: index)
                index += name.utf8.count
                let tag = attributes(bytes, from: &index)
                measure.attributes = max(measure.attributes, tag.count)
                if !tag.isClosed, !neverClosed.contains(name) { depth += 1 }
                measure.open = max(measure.open, depth)
            }
        }
        return measure
    }

    private static func name(_ bytes: [UInt8], from start: Int) -> String {
        let name = bytes[min(start, bytes.count)...].prefix(20).prefix { $0.isLetter || (0x30...0x39).contains($0) }
        return String(decoding: name, as: UTF8.self).lowercased()
    }

    /// Reads to the end of a tag.
    private static func attributes(_ bytes: [UInt8], from index: inout Int) -> (count: Int, isClosed: Bool) {
        var count = 0
        while index < bytes.count {
            let byte = bytes[index]
            if byte == UInt8(ascii: ">") { return (count, bytes[index - 1] == UInt8(ascii: "/")) }
            guard !byte.isBlank, byte != UInt8(ascii: "/") else {
                index += 1
                continue
            }
            count += 1
            // The name, up to what ends it.
            while index < bytes.count, !bytes[index].isBlank, !"=>/".utf8.contains(bytes[index]) { index += 1 }
            skipBlanks(bytes, &index)
            guard index < bytes.count, bytes[index] == UInt8(ascii: "=") else { continue }
            index += 1
            skipBlanks(bytes, &index)
            skipValue(bytes, &index)
        }
        return (count, false)
    }

    private static func skipBlanks(_ bytes: [UInt8], _ index: inout Int) {
        while index < bytes.count, bytes[index].isBlank { index += 1 }
    }

    private static func skipValue(_ bytes: [UInt8], _ index: inout Int) {
        guard index < bytes.count else { return }
        let mark = bytes[index]
        guard mark == UInt8(ascii: "\"") || mark == UInt8(ascii: "'") else {
            while index < bytes.count, !bytes[index].isBlank, bytes[index] != UInt8(ascii: ">") { index += 1 }
            return
        }
        index = (bytes[(index + 1)...].firstIndex(of: mark) ?? bytes.count - 1) + 1
    }

    /// Elements without an end, and those whose end is often left out.
    private static let neverClosed: Set<String> = [
        "a", "area", "base", "br", "col", "dd", "dt", "embed", "hr", "img", "input", "li", "link", "meta", "option",
        "p",
        "param", "source", "td", "th", "tr", "track", "wbr",
    ]
}

extension UInt8 {
    fileprivate var isLetter: Bool { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(self | 0x20) }
    fileprivate var isBlank: Bool { self == 0x20 || (0x09...0x0D).contains(self) }
}

extension [UInt8] {
    /// Whether a text in small letters stands at a place, in capitals or not.
    fileprivate func holds(_ text: String, at place: Int) -> Bool {
        guard place + text.utf8.count <= count else { return false }
        return zip(self[place...], text.utf8).allSatisfy { $0 == $1 || $0.isLetter && $0 | 0x20 == $1 }
    }

    /// Where a text in small letters stands next.
    fileprivate func place(of text: String, from start: Int) -> Int? {
        guard let first = text.utf8.first else { return nil }
        var place = start
        while place < count, let next = self[place...].firstIndex(of: first) {
            if holds(text, at: next) { return next }
            place = next + 1
        }
        return nil
    }
}
