/// A table of contents: of EPUB 3 (a page with lists) or of EPUB 2 (NCX).
struct Contents {
    /// A line of it.
    struct Entry: Equatable {
        let title: String
        let place: ContainerPath
        /// How deep it lies, from 1.
        let depth: Int
    }

    private(set) var entries: [Entry] = []

    /// Reads the list of a navigation page; the lists of pages and landmarks on it are others.
    init(navigation bytes: [UInt8], at path: String) throws(BookError) {
        var (depth, isContents, isClosed) = (0, false, false)
        var link: (target: String, title: String)?
        for event in try Markup.xml(bytes, name: path) {
            switch event {
            case .open(let element):
                if element.name == "nav" { isContents = element.types.contains("toc") && !isClosed }
                if element.name == "ol" { depth += 1 }
                if element.name == "a", isContents { link = (element.attributes["href"] ?? "", "") }
            case .text(let text): link?.title += text
            case .close(let name):
                if name == "nav", isContents { (isContents, isClosed) = (false, true) }
                if name == "ol" { depth -= 1 }
                if name == "a", let (target, title) = link.take() { add(title, target, path, depth) }
            }
        }
    }

    /// Reads an NCX file.
    init(ncx bytes: [UInt8], at path: String) throws(BookError) {
        var depth = 0
        var title: String?
        for event in try Markup.xml(bytes, name: path) {
            switch event {
            case .open(let element):
                if element.name == "navPoint" { (depth, title) = (depth + 1, nil) }
                if element.name == "text", depth > 0, title == nil { title = "" }
                if element.name == "content", depth > 0 {
                    add(title ?? "", element.attributes["src"] ?? "", path, depth)
                }
            case .text(let text): title? += text
            case .close(let name): if name == "navPoint" { depth -= 1 }
            }
        }
    }

    private mutating func add(_ title: String, _ target: String, _ path: String, _ depth: Int) {
        guard let place = ContainerPath(target, from: path), !title.squeezed.isEmpty else { return }
        entries.append(Entry(title: title.squeezed, place: place, depth: depth))
    }

    /// The entries that begin a chapter: those on top, and those below them that are the first in a file of their own.
    var chapters: [Entry] {
        var places: Set<ContainerPath> = []
        var files: Set<String> = []
        return entries.filter { entry in
            let isFirst = files.insert(entry.place.path).inserted
            return (entry.depth == 1 || isFirst) && places.insert(entry.place).inserted
        }
    }
}
