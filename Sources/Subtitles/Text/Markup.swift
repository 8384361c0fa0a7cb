/// Text with tags of HTML and overrides of SubStation in it, as files of SubRip have it.
enum Markup {
    /// Reads the lines of a cue; what is slanted in one may end in another, and tags that mean nothing here are left out.
    static func read(_ lines: [Substring]) -> (lines: [StyledLine], placement: Cue.Placement) {
        var reader = Reader()
        for line in lines { reader.read(line) }
        return (reader.lines.filter { !$0.runs.isEmpty }, reader.placement)
    }

    /// The tag at the beginning of a text; a word in angle brackets that is no tag of HTML is a word.
    static func tag(_ text: Substring) -> (name: String, isOpening: Bool, end: Substring.Index)? {
        // Most angle brackets begin no tag, and that is cheaper to see than to match.
        guard let second = text.dropFirst().first, second.isASCII, second.isLetter || second == "/",
            let tag = text.prefixMatch(of: /<(\/?)([A-Za-z]+)(?:[.\s][^<>]*)?\/?>/)
        else { return nil }
        let name = tag.2.lowercased()
        let rest = tag.output.0.dropFirst(1 + tag.1.count + name.count).trimmingPrefix(/\s+/)
        let isBare = rest == ">" || rest == "/>" || rest.hasPrefix(".")
        guard bare.contains(name) && (isBare || rest.contains("=")) || named.contains(name) else { return nil }
        return (name, tag.1.isEmpty, tag.range.upperBound)
    }

    /// Text in which no program reads a tag, and which looks much the same: some take all between angle brackets for one, and
    /// all between braces for an override.
    static func safe(_ text: String) -> String {
        paired(paired(text, "<", ">", "‹", "›"), "{", "}", "｛", "｝").replacing("{\\", with: "{∖")
    }

    /// The text with other brackets where an opening one has a closing one behind it.
    private static func paired(
        _ text: String, _ open: Character, _ close: Character, _ safeOpen: Character, _ safeClose: Character
    ) -> String {
        guard let last = text.lastIndex(of: close), let first = text.firstIndex(of: open), first < last else {
            return text
        }
        return String(
            text.indices.map { index in
                switch text[index] {
                case open where index < last: safeOpen
                case close where index > first: safeClose
                default: text[index]
                }
            })
    }

    private static let bare: Set<String> = [
        "i", "b", "u", "s", "em", "strong", "strike", "font", "span", "c", "br", "p", "div", "center", "big", "small",
        "ruby", "rt", "tt",
    ]
    /// Tags of WebVTT that have a name or a language behind them.
    private static let named: Set<String> = ["v", "lang"]

    private struct Reader {
        var lines: [StyledLine] = []
        var placement = Cue.Placement.bottom
        private var style = StyledLine.Style()

        mutating func read(_ line: Substring) {
            lines.append(StyledLine())
            var rest = line
            while let mark = rest.firstIndex(where: { $0 == "<" || $0 == "{" }) {
                add(rest[..<mark])
                rest = rest[mark...]
                if let tag = Markup.tag(rest) {
                    take(tag: tag.name, isOpening: tag.isOpening)
                    rest = rest[tag.end...]
                } else if rest.hasPrefix("{\\"), let overrides = rest.prefixMatch(of: /\{\\([^{}]*)\}/) {
                    take(overrides: overrides.1)
                    rest = rest[overrides.range.upperBound...]
                } else {
                    add(rest.prefix(1))
                    rest = rest.dropFirst()
                }
            }
            add(rest)
        }

        private mutating func add(_ text: Substring) { lines[lines.count - 1].append(text, style) }

        private mutating func take(tag: String, isOpening: Bool) {
            let known: [String: StyledLine.Style] = [
                "i": .italic, "em": .italic, "b": .bold, "strong": .bold, "u": .underline,
            ]
            if tag == "br" { lines.append(StyledLine()) }
            guard let changed = known[tag] else { return }
            if isOpening { style.insert(changed) } else { style.remove(changed) }
        }

        private mutating func take(overrides: Substring) {
            for override in overrides.split(separator: "\\") {
                if let style = SubStation.style(self.style, after: override) { self.style = style }
                if let placement = SubStation.placement(of: override) { self.placement = placement }
            }
        }
    }
}
