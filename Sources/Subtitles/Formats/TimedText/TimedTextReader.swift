/// Gathers the paragraphs of a file, tag by tag.
struct TimedTextReader {
    private var cues: [Cue] = []
    /// Which cues have no end of their own.
    private var endless: Set<Int> = []
    var isTimedText = false
    var language: String?
    private var clock = TimedTextClock()
    /// What is open, from the body to the innermost span.
    private var open: [Element] = []
    private var paragraph: TimedParagraph?
    private var styles: [String: Look] = [:]
    /// The region that is being described, whose styles may stand within it.
    private var region: String?
    /// How many elements are open whose text is for nobody who watches.
    private var hidden = 0

    /// Elements within more others than anybody writes are left out.
    private static let deepest = 64
    private static let hiding: Set<String> = ["metadata", "desc", "title", "copyright", "agent"]

    /// What is known within an element: children take it from their parents.
    struct Element {
        let name: String
        var look = Look()
        /// Times count from here.
        var begin = Duration.zero
        var end: Duration?
        /// Whether it has times of its own.
        var isTimed = false
    }

    /// How text looks, and where it stands.
    struct Look {
        var style = StyledLine.Style()
        var placement = Cue.Placement?.none
    }

    mutating func take(_ token: TagScanner.Token) {
        switch token {
        case .text(let text):
            if hidden == 0, let element = open.last { paragraph?.add(text, element) }
        case .start(let name, let attributes, let isEmpty):
            start(name, attributes)
            if isEmpty { end(name) }
        case .end(let name): end(name)
        }
    }

    private mutating func start(_ name: String, _ attributes: [String: String]) {
        if Self.hiding.contains(name) { hidden += 1 }
        switch name {
        case "tt":
            isTimedText = true
            language = attributes["lang"].flatMap { $0.isEmpty ? nil : $0 }
            clock = TimedTextClock(attributes)
        case "region": region = describe(attributes)
        case "style":
            // Within a region it tells how the region looks; by itself it is named for others.
            if let region {
                styles[region] = look(attributes, from: styles[region] ?? Look())
            } else {
                _ = describe(attributes)
            }
        case "body", "div", "p", "span":
            guard open.count < Self.deepest else { return }
            open.append(element(name, attributes))
            if name == "p", let element = open.last { paragraph = TimedParagraph(element) }
        case "br": paragraph?.breakLine()
        default: break
        }
    }

    private mutating func end(_ name: String) {
        if Self.hiding.contains(name) { hidden = max(0, hidden - 1) }
        if name == "region" { region = nil }
        guard let place = open.lastIndex(where: { $0.name == name }) else { return }
        open.removeSubrange(place...)
        if name == "p", let done = paragraph.take() { add(done) }
    }

    private mutating func add(_ paragraph: TimedParagraph) {
        cues += paragraph.cues
        if paragraph.isEndless { endless.insert(cues.count - 1) }
    }

    /// The cues, of which those without an end stand until the next one comes, or for five seconds.
    func finishedCues() -> [Cue] {
        var finished = cues
        var (next, end): (Duration?, Duration?)
        for index in cues.indices.sorted(by: { cues[$0].start > cues[$1].start }) {
            let start = cues[index].start
            // Those that come at once go at once.
            if start != next { (next, end) = (start, next) }
            if endless.contains(index) { finished[index].end = end ?? start + .seconds(5) }
        }
        return finished
    }

    /// Keeps a style under its name.
    private mutating func describe(_ attributes: [String: String]) -> String? {
        guard let name = attributes["id"] else { return nil }
        styles[name] = look(attributes, from: Look())
        return name
    }

    private func element(_ name: String, _ attributes: [String: String]) -> Element {
        let parent = open.last ?? Element(name: "")
        var element = Element(name: name, look: look(attributes, from: parent.look))
        let times = ["begin", "end", "dur"].map { attributes[$0].flatMap { clock.time($0) } }
        element.isTimed = times.contains { $0 != nil }
        element.begin = parent.begin + (times[0] ?? .zero)
        let ends = [parent.end, times[1].map { parent.begin + $0 }, times[2].map { element.begin + $0 }]
        element.end = ends.compactMap(\.self).min()
        return element
    }

    /// The look of an element: its region's, that of the styles it names, and its own.
    private func look(_ attributes: [String: String], from parent: Look) -> Look {
        var look = parent
        let named = (attributes["style"] ?? "").split(separator: " ").map(String.init)
        for name in named { look.add(styles[name]) }
        if let region = attributes["region"] {
            look.add(styles[region])
            // Some name regions that they do not describe.
            if styles[region] == nil { look.placement = region.lowercased().contains("top") ? .top : .bottom }
        }
        look.add(attributes)
        return look
    }
}

extension TimedTextReader.Look {
    fileprivate mutating func add(_ other: Self?) {
        guard let other else { return }
        style.formUnion(other.style)
        placement = other.placement ?? placement
    }

    fileprivate mutating func add(_ attributes: [String: String]) {
        change(.italic, attributes["fontStyle"].map { $0 == "italic" || $0 == "oblique" })
        change(.bold, attributes["fontWeight"].map { $0 == "bold" })
        change(.underline, attributes["textDecoration"].map { $0.contains("underline") && !$0.contains("noUnderline") })
        if let edge = attributes["displayAlign"] { placement = edge == "before" ? .top : .bottom }
    }

    private mutating func change(_ part: StyledLine.Style, _ isOn: Bool?) {
        guard let isOn else { return }
        if isOn { style.insert(part) } else { style.remove(part) }
    }
}

/// The text of a paragraph, piece by piece with its time.
private struct TimedParagraph {
    private let element: TimedTextReader.Element
    private var pieces: [Piece] = []

    private struct Piece {
        var text: String
        let style: StyledLine.Style
        let begin: Duration
        let end: Duration?
        /// Whether a span tells its time.
        let isTimed: Bool
    }

    init(_ element: TimedTextReader.Element) { self.element = element }

    mutating func add(_ text: String, _ within: TimedTextReader.Element) {
        // Line ends of the file are blanks, and many blanks one.
        var plain = text.split(whereSeparator: \.isBlankOfXML).joined(separator: " ")
        let isAtStart = pieces.last.map { $0.text.last?.isNewline ?? false } ?? true
        if text.first?.isBlankOfXML == true, !isAtStart { plain = " " + plain }
        if text.last?.isBlankOfXML == true, !plain.isEmpty, plain != " " { plain += " " }
        let isTimed = within.name == "span" && within.isTimed
        pieces.append(
            Piece(text: plain, style: within.look.style, begin: within.begin, end: within.end, isTimed: isTimed))
    }

    mutating func breakLine() {
        guard let last = pieces.last else { return }
        pieces.append(Piece(text: "\n", style: [], begin: last.begin, end: last.end, isTimed: last.isTimed))
    }

    /// Whether it is shown from a moment on, and nothing tells how long.
    var isEndless: Bool { element.isTimed && element.end == nil }

    /// One cue, in which words may have times; or, where only spans have times, a cue for each of these.
    var cues: [Cue] {
        if element.isTimed || !pieces.contains(where: \.isTimed) {
            guard element.isTimed || element.end != nil else { return [] }
            // Without an end it stands until the next one comes.
            return [cue(pieces[...], from: element.begin, to: element.end ?? .zero)]
        }
        let runs = pieces.filter(\.isTimed).chunked { $0.begin == $1.begin && $0.end == $1.end }
        return runs.compactMap { run in
            guard let first = run.first, let end = first.end else { return nil }
            return cue(run, from: first.begin, to: end)
        }
    }

    private func cue(_ pieces: ArraySlice<Piece>, from begin: Duration, to end: Duration) -> Cue {
        var lines = [StyledLine()]
        for piece in pieces {
            if piece.text == "\n" {
                lines.append(StyledLine())
            } else {
                lines[lines.count - 1].append(piece.text, piece.style)
            }
        }
        var cue = Cue(start: begin, end: max(begin, end), styled: lines)
        cue.lines = cue.cleanLines
        cue.placement = element.look.placement ?? .bottom
        if element.isTimed { cue.words = words(pieces) }
        return cue
    }

    private func words(_ pieces: ArraySlice<Piece>) -> [TimedWord] {
        pieces.indices.compactMap { index in
            let piece = pieces[index]
            let text = piece.text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
            guard piece.isTimed, !text.isEmpty, let end = piece.end else { return nil }
            let next = index + 1 < pieces.endIndex ? pieces[index + 1].text : ""
            let isApart = piece.text.last?.isWhitespace == true || next.first?.isWhitespace ?? true
            return TimedWord(text: text, start: piece.begin, end: max(end, piece.begin), joinsNext: !isApart)
        }
    }
}

extension Array {
    /// Neighbours that belong together.
    fileprivate func chunked(_ belongs: (Element, Element) -> Bool) -> [ArraySlice<Element>] {
        var chunks: [ArraySlice<Element>] = []
        var start = startIndex
        for index in indices.dropFirst() where !belongs(self[index - 1], self[index]) {
            chunks.append(self[start..<index])
            start = index
        }
        return isEmpty ? [] : chunks + [self[start...]]
    }
}

extension Character {
    /// Whether XML counts it as a blank; wide and joining blanks are text.
    fileprivate var isBlankOfXML: Bool { self == " " || self == "\t" || self == "\n" || self == "\r" || self == "\r\n" }
}
