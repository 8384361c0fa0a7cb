internal import Subtitles

/// The parts of a paragraph while it is read: blanks become one, and signs without a sound go.
struct RunBuilder {
    private var runs: [Paragraph.Run] = []
    private var endsWithBlank = true
    /// How many characters there are.
    private(set) var count = 0

    /// Adds text.
    mutating func add(_ text: String, isEmphasized: Bool) {
        var clean = ""
        for character in text {
            if character.isWhitespace || character.isControl {
                if !endsWithBlank { clean.append(" ") }
                endsWithBlank = true
            } else if let heard = character.heard {
                clean.append(heard)
                endsWithBlank = false
            }
        }
        guard !clean.isEmpty else { return }
        count += clean.count
        if let last = runs.last, last.isEmphasized == isEmphasized {
            runs[runs.count - 1].text += clean
        } else {
            runs.append(Paragraph.Run(clean, isEmphasized: isEmphasized))
        }
    }

    /// Puts a comma behind what there is: a cell of a table follows.
    mutating func separate() {
        guard let last = runs.last?.text.last(where: { !$0.isWhitespace }), last != ",", last != "，" else { return }
        if endsWithBlank { cut(to: count - 1) }
        add(last.isWide ? "，" : ", ", isEmphasized: false)
    }

    /// Whether there is no text.
    var isEmpty: Bool { runs.isEmpty }

    /// How wide the text is.
    var columns: Int { runs.reduce(0) { $0 + $1.text.columns } }

    /// What was added since there were so many characters.
    func text(from start: Int) -> String {
        var text = ""
        for run in runs.reversed() {
            let wanted = count - start - text.count
            guard wanted > 0 else { break }
            text = String(run.text.suffix(wanted)) + text
        }
        return text
    }

    /// Takes away what was added since there were so many characters.
    mutating func cut(to wanted: Int) {
        while let last = runs.indices.last, count > wanted {
            let length = min(runs[last].text.count, count - wanted)
            runs[last].text.removeLast(length)
            count -= length
            if runs[last].text.isEmpty { runs.removeLast() }
        }
        endsWithBlank = runs.last?.text.last?.isWhitespace ?? true
    }

    /// Ends the paragraph and returns its parts.
    mutating func take() -> [Paragraph.Run] {
        defer { (runs, endsWithBlank, count) = ([], true, 0) }
        return runs
    }
}

extension Character {
    /// Whether it is a sign for machines, such as a zero, which parts words as a blank does.
    fileprivate var isControl: Bool {
        unicodeScalars.count == 1 && unicodeScalars.first?.properties.generalCategory == .control
    }

    /// The character, unless it is one that only tells how text is set, such as a soft hyphen.
    fileprivate var heard: Character? {
        guard let scalar = unicodeScalars.first, unicodeScalars.count == 1 else { return self }
        switch scalar.properties.generalCategory {
        case .format, .privateUse, .unassigned: return nil
        default: return self
        }
    }
}

extension Paragraph {
    /// A paragraph of what was read, without blanks around it; nil when there is nothing to see.
    init?(cleaning runs: [Run], as kind: Kind = .text) {
        var runs = runs
        while let first = runs.first, first.text.allSatisfy(\.isWhitespace) { runs.removeFirst() }
        while let last = runs.last, last.text.allSatisfy(\.isWhitespace) { runs.removeLast() }
        guard !runs.isEmpty else { return nil }
        runs[0].text = String(runs[0].text.drop(while: \.isWhitespace))
        while runs[runs.count - 1].text.last?.isWhitespace == true { runs[runs.count - 1].text.removeLast() }
        self.init(kind, runs)
        let signs = text.filter { !$0.isWhitespace }
        if signs.count <= 24, signs.allSatisfy(Self.breakSigns.contains) { self = .sceneBreak }
    }

    /// A paragraph that is spoken alike throughout.
    init?(cleaning text: some StringProtocol, as kind: Kind = .text) {
        var builder = RunBuilder()
        builder.add(String(text), isEmphasized: false)
        self.init(cleaning: builder.take(), as: kind)
    }

    /// Signs of which rows are set where the scene changes.
    private static let breakSigns: Set<Character> = [
        "*", "＊", "•", "·", "⁂", "#", "~", "～", "-", "–", "—", "─", "=", "_", "+", "◇", "◆", "○", "●", "☆", "★", "※",
        "❦", "§",
    ]
}

extension StringProtocol {
    /// The text with one blank where there were some, and none around it.
    var squeezed: String { split(whereSeparator: \.isWhitespace).joined(separator: " ") }
}
