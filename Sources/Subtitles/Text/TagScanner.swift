/// Divides XML into tags and text, as far as subtitles have need of it: no entities of its own, no nesting to remember.
struct TagScanner {
    private var rest: Substring

    /// Names are without their prefix.
    enum Token: Equatable {
        case start(name: String, attributes: [String: String], isEmpty: Bool)
        case end(name: String)
        case text(String)
    }

    init(_ text: String) { rest = text[...] }

    /// The next tag or text; comments, declarations and instructions are passed over.
    mutating func next() -> Token? {
        while let first = rest.first {
            guard first == "<" else {
                let text = rest.prefix { $0 != "<" }
                rest = rest[text.endIndex...]
                return .text(Self.plain(text))
            }
            if rest.hasPrefix("<!--") {
                rest = rest.firstRange(of: "-->").map { rest[$0.upperBound...] } ?? rest[rest.endIndex...]
                continue
            }
            if rest.hasPrefix("<![CDATA[") {
                let inside = rest.dropFirst(9)
                let end = inside.firstRange(of: "]]>")
                rest = end.map { rest[$0.upperBound...] } ?? rest[rest.endIndex...]
                return .text(String(inside[..<(end?.lowerBound ?? inside.endIndex)]))
            }
            let inside = rest.dropFirst().prefix { $0 != ">" }
            rest = rest[inside.endIndex...].dropFirst()
            if let token = Self.tag(inside) { return token }
        }
        return nil
    }

    private static func tag(_ inside: Substring) -> Token? {
        guard let first = inside.first, first != "?", first != "!" else { return nil }
        if first == "/" { return .end(name: local(inside.dropFirst().prefix { !$0.isWhitespace })) }
        let isEmpty = inside.hasSuffix("/")
        let body = isEmpty ? inside.dropLast() : inside
        let name = body.prefix { !$0.isWhitespace }
        return .start(name: local(name), attributes: attributes(body[name.endIndex...]), isEmpty: isEmpty)
    }

    /// Names and quoted values; what has no value is passed over.
    private static func attributes(_ text: Substring) -> [String: String] {
        var attributes: [String: String] = [:]
        var rest = text.drop(while: \.isWhitespace)
        while !rest.isEmpty {
            let name = rest.prefix { $0 != "=" && !$0.isWhitespace }
            rest = rest[name.endIndex...].drop(while: \.isWhitespace)
            guard rest.first == "=" else { continue }
            rest = rest.dropFirst().drop(while: \.isWhitespace)
            guard let quote = rest.first, quote == "\"" || quote == "'" else { continue }
            let value = rest.dropFirst().prefix { $0 != quote }
            rest = rest[value.endIndex...].dropFirst().drop(while: \.isWhitespace)
            if !name.isEmpty { attributes[local(name)] = plain(value) }
        }
        return attributes
    }

    private static func local(_ name: Substring) -> String {
        String(name.split(separator: ":").last ?? "")
    }

    private static func plain(_ text: Substring) -> String {
        guard text.contains("&") else { return String(text) }
        return String(text).replacing(/&(#x[0-9A-Fa-f]{1,6}|#[0-9]{1,7}|[a-z]{2,4});/) { match in
            let name = match.1
            if name.hasPrefix("#x") { return character(UInt32(name.dropFirst(2), radix: 16)) }
            if name.hasPrefix("#") { return character(UInt32(name.dropFirst())) }
            let known = ["amp": "&", "lt": "<", "gt": ">", "quot": "\"", "apos": "'"]
            return known[String(name)] ?? String(match.0)
        }
    }

    private static func character(_ number: UInt32?) -> String {
        number.flatMap { Unicode.Scalar($0) }.map { String($0) } ?? "\u{FFFD}"
    }

    /// Text as it may stand in XML, which has no signs of control.
    static func escaped(_ text: String) -> String {
        let allowed = String(
            String.UnicodeScalarView(text.unicodeScalars.filter { $0.value >= 0x20 || $0 == "\t" || $0 == "\n" }))
        return allowed.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
            .replacing("\"", with: "&quot;")
    }
}
