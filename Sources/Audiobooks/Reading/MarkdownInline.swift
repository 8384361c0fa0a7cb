/// The text of a paragraph of Markdown without its marks.
enum MarkdownInline {
    /// The parts that are spoken alike.
    static func runs(of text: String) -> [Paragraph.Run] {
        var reader = MarkdownInlineReader(withoutTags(text))
        return reader.read()
    }

    /// Without pictures, notes, addresses and tags.
    ///
    /// Each pattern ends where another like it begins, or soon: a long row of signs must not be looked through from each of them.
    /// Most paragraphs have none of the signs, and patterns take long to make.
    private static func withoutTags(_ text: String) -> String {
        var text = text
        if text.utf8.contains(UInt8(ascii: "[")) {
            text = text.replacing(
                /!\[(?:[^\[\]]|\[[^\[\]]{0,200}\]){0,400}\](?:\([^()]{0,1000}\)|\[[^\[\]]{0,200}\])/, with: ""
            )
            .replacing(/\[\^[^\[\]]{1,100}\]/, with: "").replacing(/\[\]\([^()]{0,1000}\)/, with: "")
            .replacing(
                /\[([^\[\]]{1,1000})\](?:\((?:[^()]|\([^()]{0,200}\)){0,1000}\)|\[[^\[\]]{0,200}\])/
            ) { $0.1 }
        }
        if text.utf8.contains(UInt8(ascii: "~")) { text = text.replacing("~~", with: "") }
        if text.utf8.contains(UInt8(ascii: "<")) {
            text = text.replacing(/<(?:https?|mailto):[^<>\s]{0,1000}>/, with: "").replacing(/<br\s?\/?>/, with: " ")
                .replacing(
                    /<\/?(?:a|abbr|b|big|center|cite|code|del|div|em|font|i|img|ins|kbd|mark|p|q|s|script|small|span|strong|style|sub|sup|u)(?:\s[^<>]{0,1000})?\/?>/,
                    with: "")
        }
        guard text.utf8.contains(UInt8(ascii: "&")) else { return text }
        return text.replacing(/&(?:([A-Za-z][A-Za-z0-9]{1,9})|#(\d{1,7})|#[xX]([0-9A-Fa-f]{1,6}));/) { match in
            let number = match.2.flatMap { UInt32($0) } ?? match.3.flatMap { UInt32($0, radix: 16) }
            if let number { return Unicode.Scalar(number).map(String.init) ?? "" }
            return match.1.flatMap { Markup.sign(named: String($0)) }.map(String.init) ?? String(match.0)
        }
    }
}

/// Takes the marks of stress and of code out of a text.
private struct MarkdownInlineReader {
    private var rest: Substring
    private var runs: [Paragraph.Run] = []
    /// The marks that are open: their sign, how many of it, and how many runs stood before.
    private var open: [(sign: Character, count: Int, start: Int)] = []
    private var former: Character = " "
    /// Signs that do not come again: what is not in the rest is not in less of it.
    private var lonely: Set<String> = []

    init(_ text: String) { rest = text[...] }

    mutating func read() -> [Paragraph.Run] {
        while let first = rest.first {
            switch first {
            case "\\": readEscape()
            case "`": readCode()
            case "*", "_": readMark(first)
            default: take(rest.prefix(1))
            }
        }
        // What nobody closed was no stress.
        if let start = open.first?.start {
            for index in runs.indices[start...] { runs[index].isEmphasized = false }
        }
        return runs
    }

    /// Puts so much of the rest among the text.
    private mutating func take(_ text: Substring, skipping count: Int = 0) {
        if let last = text.last {
            runs.append(.init(String(text), isEmphasized: !open.isEmpty))
            former = last
        }
        rest = rest[text.endIndex...].dropFirst(count)
    }

    private mutating func readEscape() {
        let escaped = rest.dropFirst().prefix(1)
        guard let sign = escaped.first, sign.isPunctuation || sign.isSymbol else { return take(rest.prefix(1)) }
        take(escaped)
    }

    /// What stands between backticks is text as it is.
    private mutating func readCode() {
        let mark = rest.prefix { $0 == "`" }
        let inside = rest.dropFirst(mark.count)
        guard !lonely.contains(String(mark)), let end = inside.firstRange(of: mark) else {
            lonely.insert(String(mark))
            rest = inside
            return
        }
        rest = inside
        take(inside[..<end.lowerBound], skipping: mark.count)
    }

    private mutating func readMark(_ sign: Character) {
        var mark = rest.prefix { $0 == sign }
        rest = rest.dropFirst(mark.count)
        // Closes what is open, then opens anew.
        let isInName = sign == "_" && rest.first.map { $0.isLetter || $0.isNumber } == true
        while !mark.isEmpty, !isInName, !former.isWhitespace, let last = open.last, last.sign == sign {
            let used = min(mark.count, last.count)
            mark = mark.dropFirst(used)
            if used == last.count { open.removeLast() } else { open[open.count - 1].count -= used }
        }
        guard !mark.isEmpty else { return }
        if opens(sign) {
            open.append((sign, mark.count, runs.count))
        } else {
            runs.append(.init(String(mark), isEmphasized: !open.isEmpty))
            former = sign
        }
    }

    /// Whether a mark that has just been read begins something that a like mark ends.
    private mutating func opens(_ sign: Character) -> Bool {
        guard let next = rest.first, !next.isWhitespace, !lonely.contains(String(sign)) else { return false }
        // A name such as some_name_of_code is no emphasis.
        if sign == "_", former.isLetter || former.isNumber { return false }
        if former.isNumber, next.isNumber { return false }
        guard rest.dropFirst().contains(sign) else {
            lonely.insert(String(sign))
            return false
        }
        return true
    }
}
