/// What the package document of an EPUB says (OPF): about the book, of which files it consists, and in which order they are read.
struct Package {
    var titles: [(id: String?, text: String)] = []
    var authors: [(id: String?, text: String)] = []
    var languages: [String] = []
    var publisher: String?
    var date: String?
    var summary: String?
    /// The files by their ids.
    private var items: [String: Item] = [:]
    /// The files in the order in which they are named.
    private var files: [Item] = []
    /// The files in reading order; the others are reached by links.
    var spine: [Item] = []
    /// The table of contents of EPUB 2.
    var contentsID: String?
    private var coverID: String?
    private var refinements: [Refinement] = []
    /// The metadata whose text is open.
    private var open: (name: String, id: String?, refinement: (subject: String, property: String)?)?
    private var text = ""

    /// A file of the book.
    struct Item: Hashable {
        let path: String
        let mediaType: String
        let properties: Set<String>

        private static let pages: Set<String> = [
            "application/xhtml+xml", "text/html", "application/x-dtbook+xml", "text/x-oeb1-document", "text/xml",
            "application/xml",
        ]

        /// Whether it is a page that can be read.
        var isPage: Bool { Self.pages.contains(mediaType) }
    }

    private struct Refinement {
        let subject: String
        let property: String
        let value: String
    }

    /// Reads the package document at a path in the container.
    init(_ bytes: [UInt8], at path: String) throws(BookError) {
        for event in try Markup.xml(bytes, name: path) {
            switch event {
            case .open(let element): begin(element, path)
            case .text(let written): text += written
            case .close: close()
            }
        }
    }

    private mutating func begin(_ element: MarkupEvent.Element, _ path: String) {
        let attributes = element.attributes
        text = ""
        switch element.name {
        case "item":
            guard let id = attributes["id"], let reference = attributes["href"],
                let target = ContainerPath(reference, from: path)
            else { return }
            let item = Item(
                path: target.path, mediaType: attributes["media-type"]?.lowercased() ?? "",
                properties: Set(attributes["properties"]?.split(whereSeparator: \.isWhitespace).map(String.init) ?? []))
            items[id] = item
            files.append(item)
        case "spine": contentsID = attributes["toc"]
        case "itemref":
            guard attributes["linear"] != "no", let id = attributes["idref"], let item = items[id] else { return }
            spine.append(item)
        case "meta" where attributes["name"] == "cover": coverID = attributes["content"]
        case "meta":
            guard let subject = attributes["refines"], let property = attributes["property"] else { return }
            open = (element.name, nil, (String(subject.drop { $0 == "#" }), property))
        case "title", "creator", "language", "publisher", "date", "description":
            let id = attributes["id"] ?? "\(element.name) \(authors.count)"
            open = (element.name, id, nil)
            // As EPUB 2 has it.
            if let role = attributes["opf:role"] {
                refinements.append(Refinement(subject: id, property: "role", value: role))
            }
        default: break
        }
    }

    private mutating func close() {
        guard let (name, id, refinement) = open.take() else { return }
        let value = text.squeezed
        guard !value.isEmpty else { return }
        if let refinement {
            refinements.append(Refinement(subject: refinement.subject, property: refinement.property, value: value))
            return
        }
        switch name {
        case "title": titles.append((id, value))
        case "creator": authors.append((id, value))
        case "language": languages.append(value)
        case "publisher": publisher = publisher ?? value
        case "date": date = date ?? value
        case "description": summary = summary ?? value
        default: break
        }
    }
}

extension Package {
    /// The title of the book: the one that is called so, else the first.
    var title: String? {
        let main = titles.first { title in value("title-type", of: title.id) == "main" }
        return (main ?? titles.first)?.text
    }

    /// Who wrote it: those who are called authors, else all that are named; in the order that is told.
    var authorNames: [String] {
        let roles = authors.map { value("role", of: $0.id) }
        let writers = zip(authors, roles).filter { $0.1 == nil || $0.1 == "aut" }.map(\.0)
        let named = writers.isEmpty ? authors : writers
        return named.enumerated().sorted { first, second in
            let places = [first, second].map { value("display-seq", of: $0.element.id).flatMap { Int($0) } ?? .max }
            return (places[0], first.offset) < (places[1], second.offset)
        }.map(\.element.text)
    }

    /// The table of contents of EPUB 3.
    var navigation: Item? { files.first { $0.properties.contains("nav") } }

    /// The table of contents of EPUB 2.
    var contents: Item? {
        contentsID.flatMap { items[$0] } ?? files.first { $0.mediaType == "application/x-dtbncx+xml" }
    }

    /// The picture on the cover.
    var cover: Item? {
        // Some name the file where its id belongs.
        let named = coverID.flatMap { id in
            items[id] ?? files.first { $0.path.split(separator: "/").last == id.split(separator: "/").last }
        }
        return files.first { $0.properties.contains("cover-image") } ?? named
    }

    private func value(_ property: String, of id: String?) -> String? {
        guard let id else { return nil }
        return refinements.first { $0.subject == id && $0.property == property }?.value
    }
}

/// A place within a container: a file, and perhaps a part of it.
struct ContainerPath: Hashable {
    let path: String
    let fragment: String?

    /// Follows a reference from a file; nil when it leads out of the book.
    init?(_ reference: String, from file: String) {
        let parts = reference.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false)
        let target = String(parts.first ?? "").unescaped
        guard target.firstMatch(of: /^[A-Za-z][A-Za-z0-9+.\-]*:/) == nil else { return nil }
        fragment = parts.count > 1 && !parts[1].isEmpty ? String(parts[1]).unescaped : nil
        guard !target.isEmpty else {
            path = file
            return
        }
        var folders = target.hasPrefix("/") ? [] : file.split(separator: "/").dropLast().map(String.init)
        for part in target.split(separator: "/") where part != "." {
            guard part == ".." else {
                folders.append(String(part))
                continue
            }
            guard folders.popLast() != nil else { return nil }
        }
        path = folders.joined(separator: "/")
    }
}

extension String {
    /// The text without escapes of addresses, such as `%20`.
    fileprivate var unescaped: String {
        guard contains("%") else { return self }
        var bytes: [UInt8] = []
        var rest = Array(utf8)[...]
        while let first = rest.popFirst() {
            let digits = first == UInt8(ascii: "%") ? String(decoding: rest.prefix(2), as: UTF8.self) : ""
            if digits.count == 2, let byte = UInt8(digits, radix: 16) {
                bytes.append(byte)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(first)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
