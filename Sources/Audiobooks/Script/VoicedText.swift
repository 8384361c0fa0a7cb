/// The characters of a paragraph, each with the voice that says it.
struct VoicedText {
    /// A character, who says it, and whether it is stressed.
    struct Unit {
        let character: Character
        var voice: String?
        let isEmphasized: Bool
    }

    private(set) var units: [Unit] = []

    /// Reads the marks `[voice:name]` of a paragraph, which hold until another comes: `[voice]` gives the word back.
    init(_ paragraph: Paragraph, voice current: inout String?, _ settings: ScriptSettings) {
        for run in paragraph.runs {
            var rest = run.text[...]
            while rest.contains("[voice"), let match = rest.firstMatch(of: /\[voice(?::\s*([^\]\[]{0,80}?)\s*)?\]/) {
                add(rest[..<match.range.lowerBound], current, run.isEmphasized)
                current = match.1.flatMap { $0.isEmpty ? nil : String($0) }
                rest = rest[match.range.upperBound...]
            }
            add(rest, current, run.isEmphasized)
        }
        guard let dialogue = settings.dialogueVoice, paragraph.headingLevel == nil else { return }
        for range in Dialogue.ranges(in: units.map(\.character)) {
            for index in range where units[index].voice == nil { units[index].voice = dialogue }
        }
    }

    private mutating func add(_ text: Substring, _ voice: String?, _ isEmphasized: Bool) {
        units += text.map { Unit(character: $0, voice: voice, isEmphasized: isEmphasized) }
    }

    /// The parts that one voice says.
    var parts: [ArraySlice<Unit>] {
        var parts: [ArraySlice<Unit>] = []
        var start = 0
        for index in units.indices where index > start && units[index].voice != units[start].voice {
            parts.append(units[start..<index])
            start = index
        }
        return start < units.count ? parts + [units[start...]] : parts
    }
}

extension Character {
    /// Whether it is one of those of which words between blanks consist: Chinese has none such.
    fileprivate var isOfWords: Bool { (isLetter || isNumber) && !isIdeographic }
}

/// Where somebody speaks in a paragraph, by its quotation marks.
enum Dialogue {
    /// The ranges from an opening mark to behind its closing one.
    ///
    /// A word that is only quoted is no speech: what somebody says ends with a mark before the quotation does.
    static func ranges(in text: [Character]) -> [Range<Int>] {
        var ranges: [Range<Int>] = []
        var place = 0
        // Signs that close nothing from here on: they are not looked for again.
        var missing: Set<Character> = []
        while place < text.count {
            guard let close = closing(of: text, at: place), !missing.contains(close) else {
                place += 1
                continue
            }
            guard let end = end(of: text, from: place, at: close) else {
                missing.insert(close)
                place += 1
                continue
            }
            let said = text[place + 1..<end].last { !$0.isWhitespace }
            let isAll = place == 0 && end == text.count - 1
            let following = text[min(end + 1, text.count)...].first { !$0.isWhitespace }
            // English leaves the closing mark out where the next paragraph goes on; others put theirs behind it.
            if isAll || end == text.count || said.map(marks.contains) == true || following.map(",，".contains) == true {
                ranges.append(place..<min(end + 1, text.count))
            }
            place = end + 1
        }
        return ranges
    }

    /// The sign that closes what opens at a place; nil where nothing opens.
    private static func closing(of text: [Character], at place: Int) -> Character? {
        guard let close = closing[text[place]] else { return nil }
        let before = place > 0 ? text[place - 1] : " "
        let isNarrow = "’'\"".contains(close)
        guard !isNarrow || !before.isOfWords else { return nil }
        // An apostrophe also stands where a word has lost its beginning, but a quotation ends with a mark.
        return text[place] == "'" && !(place + 1 < text.count && text[place + 1].isLetter) ? nil : close
    }

    /// Where a quotation that opens at a place closes: the end of the text for one that goes on in the next paragraph.
    private static func end(of text: [Character], from place: Int, at close: Character) -> Int? {
        var index = place + 1
        while index < text.count {
            let next = index + 1 < text.count ? text[index + 1] : " "
            // The sign that closes may also be an apostrophe.
            let isApostrophe = "’'".contains(close) && (next.isOfWords || !marks.contains(text[index - 1]))
            if text[index] == close, !isApostrophe { return index }
            index += 1
        }
        return "“「『".contains(text[place]) ? text.count : nil
    }

    private static let closing: [Character: Character] = [
        "“": "”", "\"": "\"", "「": "」", "『": "』", "«": "»", "‘": "’", "`": "'", "'": "'",
    ]
    private static let marks: Set<Character> = [
        ",", ".", "!", "?", "…", "—", "-", "，", "。", "！", "？", "；", "：", "”", "’", "～", "~", ")", "）",
    ]
}
