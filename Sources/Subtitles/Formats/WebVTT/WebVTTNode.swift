/// A part of a cue's text: words, a time, or something in tags with parts of its own.
public indirect enum WebVTTNode: Hashable, Sendable {
    /// Words, without escapes.
    case text(String)
    /// From here on the text is said at a time.
    case time(Duration)
    /// Tags and what they hold.
    case tag(Tag, classes: [String], annotation: String, children: [WebVTTNode])

    /// The tags that there are.
    public enum Tag: String, Hashable, Sendable {
        case span = "c"
        case italic = "i"
        case bold = "b"
        case underline = "u"
        case ruby
        case rubyText = "rt"
        case voice = "v"
        case language = "lang"
    }

    /// All words in it.
    public var text: String {
        switch self {
        case .text(let text): text
        case .time: ""
        case .tag(_, _, _, let children): children.map(\.text).joined()
        }
    }

    /// Reads the text of a cue; tags that are wrong are left out, those that do not end, end with the text.
    static func parse(_ payload: String) -> [WebVTTNode] {
        var tree = NodeTree()
        var tokenizer = Tokenizer(payload)
        while let token = tokenizer.next() { tree.take(token) }
        return tree.finish()
    }
}

/// Builds the tree of a cue's text, tag by tag.
private struct NodeTree {
    /// What is open, from outside to inside; the first is the text itself.
    private var open: [Open] = [Open()]
    /// Tags within more others than anybody writes are left out.
    private static let deepest = 64

    private struct Open {
        var tag: WebVTTNode.Tag?
        var classes: [String] = []
        var annotation = ""
        var children: [WebVTTNode] = []
    }

    mutating func take(_ token: Tokenizer.Token) {
        switch token {
        case .text(let text): open[open.count - 1].children.append(.text(text))
        case .start(let name, let classes, let annotation):
            guard let tag = WebVTTNode.Tag(rawValue: name), open.count < Self.deepest,
                tag != .rubyText || open.last?.tag == .ruby
            else { return }
            open.append(Open(tag: tag, classes: classes, annotation: annotation))
        case .end(let name):
            guard let current = open.last?.tag else { return }
            if current.rawValue == name {
                close()
            } else if name == "ruby", current == .rubyText {
                close()
                close()
            }
        case .time(let text):
            if let time = WebVTTParser.time(text[...]) { open[open.count - 1].children.append(.time(time)) }
        }
    }

    private mutating func close() {
        guard open.count > 1, let last = open.popLast(), let tag = last.tag else { return }
        open[open.count - 1].children.append(
            .tag(tag, classes: last.classes, annotation: last.annotation, children: last.children))
    }

    mutating func finish() -> [WebVTTNode] {
        while open.count > 1 { close() }
        return open[0].children
    }
}

/// Divides a cue's text into words and tags (WebVTT, §6.4).
private struct Tokenizer {
    private var rest: Substring

    enum Token {
        case text(String)
        case start(name: String, classes: [String], annotation: String)
        case end(name: String)
        case time(String)
    }

    init(_ payload: String) { rest = payload[...] }

    mutating func next() -> Token? {
        guard let first = rest.first else { return nil }
        guard first == "<" else {
            let text = rest.prefix { $0 != "<" }
            rest = rest.dropFirst(text.count)
            return .text(Self.unescaped(text))
        }
        let inside = rest.dropFirst().prefix { $0 != ">" }
        rest = rest.dropFirst(inside.count + 1).dropFirst()
        return Self.tag(inside)
    }

    private static func tag(_ inside: Substring) -> Token {
        if inside.hasPrefix("/") { return .end(name: String(inside.dropFirst())) }
        if inside.first?.isNumber == true { return .time(String(inside)) }
        let head = inside.prefix { !$0.isWhitespace }
        let names = head.split(separator: ".", omittingEmptySubsequences: false)
        let annotation = unescaped(inside.dropFirst(head.count)).split(whereSeparator: \.isWhitespace)
        return .start(
            name: String(names.first ?? ""), classes: names.dropFirst().filter { !$0.isEmpty }.map(String.init),
            annotation: annotation.joined(separator: " "))
    }

    private static let escapes: [(name: String, text: String)] = [
        ("&amp;", "&"), ("&lt;", "<"), ("&gt;", ">"), ("&lrm;", "\u{200E}"), ("&rlm;", "\u{200F}"),
        ("&nbsp;", "\u{A0}"),
    ]

    private static func unescaped(_ text: Substring) -> String {
        guard text.contains("&") else { return String(text) }
        var plain = ""
        var rest = text
        while let mark = rest.firstIndex(of: "&") {
            plain += rest[..<mark]
            rest = rest[mark...]
            if let escape = escapes.first(where: { rest.hasPrefix($0.name) }) {
                plain += escape.text
                rest = rest.dropFirst(escape.name.count)
            } else {
                plain += "&"
                rest = rest.dropFirst()
            }
        }
        return plain + rest
    }
}
