/// The text of a paragraph of Markdown without its marks.
enum MarkdownInline {
    /// The parts that are spoken alike.
    static func runs(of text: String) -> [Paragraph.Run] {
        let plain = withoutTags(text)
        var runs: [Paragraph.Run] = []
        var rest = plain[...]
        var emphasis: Substring?
        var former: Character = " "
        while let first = rest.first {
            let mark = rest.prefix { $0 == first && (first == "*" || first == "_") }.prefix(3)
            if first == "\\", let escaped = rest.dropFirst().first, escaped.isPunctuation || escaped.isSymbol {
                runs.append(.init(String(escaped), isEmphasized: emphasis != nil))
                rest = rest.dropFirst(2)
            } else if let open = emphasis, mark.hasPrefix(open), !former.isWhitespace {
                emphasis = nil
                rest = rest.dropFirst(open.count)
            } else if !mark.isEmpty, emphasis == nil, opens(mark, before: rest.dropFirst(mark.count), after: former) {
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
    private static func opens(_ mark: Substring, before rest: Substring, after former: Character) -> Bool {
        guard let next = rest.first, !next.isWhitespace else { return false }
        // A name such as some_name_of_code is no emphasis.
        if mark.first == "_", former.isLetter || former.isNumber { return false }
        if former.isNumber, next.isNumber { return false }
        return rest.dropFirst().firstRange(of: String(mark)) != nil
    }

    /// Without pictures, notes, addresses and tags.
    private static func withoutTags(_ text: String) -> String {
        // Each pattern ends where another like it begins, or soon: a long row of signs must not be looked through from each of them.
        text.replacing(/!\[[^\[\]]{0,400}\](?:\([^()]{0,1000}\)|\[[^\[\]]{0,200}\])/, with: "")
            .replacing(/\[\^[^\[\]]{1,100}\]/, with: "")
            .replacing(/\[([^\[\]]{1,1000})\](?:\([^()]{0,1000}\)|\[[^\[\]]{0,200}\])/) { $0.1 }
            .replacing(/`{1,3}([^`]{1,1000})`{1,3}/) { $0.1 }
            .replacing(/<!--[^<>]{0,1000}-->/, with: "")
            .replacing(/<\/?[A-Za-z][^<>]{0,1000}>/, with: "")
            .replacing(/&(amp|lt|gt|quot|nbsp|#39);/) { entities[String($0.1)] ?? "" }
    }

    private static let entities = ["amp": "&", "lt": "<", "gt": ">", "quot": "\"", "nbsp": " ", "#39": "'"]
}
