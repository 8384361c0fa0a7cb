/// The text of a paragraph of Markdown without its marks.
enum MarkdownInline {
    /// The parts that are spoken alike.
    static func runs(of text: String) -> [Paragraph.Run] {
        let plain = withoutTags(text)
        var runs: [Paragraph.Run] = []
        var rest = plain[...]
        var emphasis: Substring?
        var former: Character = " "
        // Marks that nothing ends: what is not in the rest is not in less of it.
        var lonely: Set<Substring> = []
        while let first = rest.first {
            let mark = rest.prefix { $0 == first && (first == "*" || first == "_") }.prefix(3)
            if first == "\\", let escaped = rest.dropFirst().first, escaped.isPunctuation || escaped.isSymbol {
                runs.append(.init(String(escaped), isEmphasized: emphasis != nil))
                rest = rest.dropFirst(2)
            } else if let open = emphasis, mark.hasPrefix(open), !former.isWhitespace {
                emphasis = nil
                rest = rest.dropFirst(open.count)
            } else if !mark.isEmpty, emphasis == nil, !lonely.contains(mark),
                opens(mark, before: rest.dropFirst(mark.count), after: former, &lonely)
            {
                emphasis = mark
                rest = rest.dropFirst(mark.count)
            } else {
                runs.append(.init(String(first), isEmphasized: emphasis != nil))
                rest = rest.dropFirst()
            }
            former = first
        }
        return runs
    }

    /// Whether a mark begins something that a like mark ends.
    private static func opens(
        _ mark: Substring, before rest: Substring, after former: Character, _ lonely: inout Set<Substring>
    ) -> Bool {
        guard let next = rest.first, !next.isWhitespace else { return false }
        // A name such as some_name_of_code is no emphasis.
        if mark.first == "_", former.isLetter || former.isNumber { return false }
        if former.isNumber, next.isNumber { return false }
        guard rest.dropFirst().firstRange(of: String(mark)) == nil else { return true }
        lonely.insert(mark)
        return false
    }

    /// Without pictures, notes, addresses and tags.
    ///
    /// Each pattern ends where another like it begins, or soon: a long row of signs must not be looked through from each of them.
    /// Most paragraphs have none of the signs, and patterns take long to make.
    private static func withoutTags(_ text: String) -> String {
        var text = text
        if text.utf8.contains(UInt8(ascii: "[")) {
            text = text.replacing(/!\[[^\[\]]{0,400}\](?:\([^()]{0,1000}\)|\[[^\[\]]{0,200}\])/, with: "")
                .replacing(/\[\^[^\[\]]{1,100}\]/, with: "").replacing(/\[\]\([^()]{0,1000}\)/, with: "")
                .replacing(
                    /\[([^\[\]]{1,1000})\](?:\([^()]{0,1000}(?:\([^()]{0,200}\)[^()]{0,200})?\)|\[[^\[\]]{0,200}\])/
                ) { $0.1 }
        }
        if text.utf8.contains(UInt8(ascii: "`")) { text = text.replacing(/`{1,3}([^`]{1,1000})`{1,3}/) { $0.1 } }
        if text.utf8.contains(UInt8(ascii: "~")) { text = text.replacing("~~", with: "") }
        if text.utf8.contains(UInt8(ascii: "<")) {
            text = text.replacing(/<!--[^<>]{0,1000}-->/, with: "").replacing(/<br\s?\/?>/, with: " ")
                .replacing(
                    /<\/?(?:a|abbr|b|big|center|cite|code|del|div|em|font|i|img|ins|kbd|mark|p|q|s|small|span|strong|sub|sup|u)(?:\s[^<>]{0,1000})?\/?>/,
                    with: "")
        }
        guard text.utf8.contains(UInt8(ascii: "&")) else { return text }
        return text.replacing(/&(?:([a-z]{2,8})|#(\d{1,6}));/) { match in
            if let number = match.2.flatMap({ UInt32($0) }) { return Unicode.Scalar(number).map(String.init) ?? "" }
            return match.1.flatMap { entities[String($0)] } ?? String(match.0)
        }
    }

    private static let entities = [
        "amp": "&", "lt": "<", "gt": ">", "quot": "\"", "nbsp": " ", "mdash": "—", "ndash": "–", "hellip": "…",
        "ldquo": "“",
        "rdquo": "”", "lsquo": "‘", "rsquo": "’", "copy": "©", "times": "×",
    ]
}
