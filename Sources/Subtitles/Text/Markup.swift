/// Text with tags of HTML and overrides of SubStation in it, as files of SubRip have it.
enum Markup {
    /// Reads the lines of a cue; what is slanted in one may end in another, and tags that are not known are left out.
    static func read(_ lines: [Substring]) -> (lines: [StyledLine], placement: Cue.Placement) {
        var reader = Reader()
        for line in lines { reader.read(line) }
        return (reader.lines.filter { !$0.runs.isEmpty }, reader.placement)
    }

    private struct Reader {
        var lines: [StyledLine] = []
        var placement = Cue.Placement.bottom
        private var style = StyledLine.Style()

        mutating func read(_ line: Substring) {
            var read = StyledLine()
            var rest = line
            while let mark = rest.firstIndex(where: { $0 == "<" || $0 == "{" }) {
                read.append(rest[..<mark], style)
                rest = rest[mark...]
                if let tag = rest.prefixMatch(of: /<(\/?)([A-Za-z]+)[^<>]*>/) {
                    take(tag: String(tag.2), isOpening: tag.1.isEmpty)
                    rest = rest[tag.range.upperBound...]
                } else if let overrides = rest.prefixMatch(of: /\{\\([^{}]*)\}/) {
                    take(overrides: overrides.1)
                    rest = rest[overrides.range.upperBound...]
                } else {
                    read.append(rest.prefix(1), style)
                    rest = rest.dropFirst()
                }
            }
            read.append(rest, style)
            lines.append(read)
        }

        private mutating func take(tag: String, isOpening: Bool) {
            let known: [String: StyledLine.Style] = ["i": .italic, "b": .bold, "u": .underline]
            guard let changed = known[tag.lowercased()] else { return }
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
