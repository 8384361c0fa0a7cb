internal import CXML2

/// What a document of tags says, from its beginning.
enum MarkupEvent: Equatable {
    case open(Element)
    case text(String)
    case close(String)

    /// An element without what is in it.
    struct Element: Equatable {
        /// The name without the space that it belongs to, in small letters where it is HTML.
        let name: String
        /// The attributes, with the space that theirs belong to, such as `epub:type`.
        let attributes: [String: String]
    }
}

/// Documents of tags, read by libxml2; nothing outside of them is ever looked at.
enum Markup {
    /// The most bytes of one document.
    static let mostBytes = 8 << 20
    /// How deep elements may lie in each other; what is deeper, libxml2 leaves out and says nothing.
    static let deepest = 250
    /// How many tags may be open by a look at the bytes: what nobody closes is counted though it ends.
    private static let mostOpen = 1_000
    /// How many attributes an element may have: libxml2 compares each with all others.
    private static let mostAttributes = 500

    /// Reads XML.
    ///
    /// - Throws: `malformedInput`, also for a document that declares entities: no book needs them, and traps are made of them.
    static func xml(_ bytes: [UInt8], name: String) throws(BookError) -> [MarkupEvent] {
        let bytes = Array(try decoded(bytes).drop { $0.isWhitespace }.utf8)
        try refuse(bytes, name)
        let options =
            XML_PARSE_NONET.rawValue | XML_PARSE_RECOVER.rawValue | XML_PARSE_NOERROR.rawValue
            | XML_PARSE_NOWARNING.rawValue
        let document = try unsafe tree(bytes, name) { unsafe xmlReadMemory($0, $1, nil, "UTF-8", CInt(options)) }
        defer { unsafe xmlFreeDoc(document) }
        return try unsafe events(xmlDocGetRootElement(document), name)
    }

    /// Reads HTML as browsers do: whatever it is, there is some meaning in it.
    static func html(_ text: String, name: String) throws(BookError) -> [MarkupEvent] {
        let text = text.contains("<![CDATA[") ? text.replacing("<![CDATA[", with: "").replacing("]]>", with: "") : text
        let bytes = TagScan.withoutHidden(text.utf8.filter { $0 != 0 })
        try refuse(bytes, name)
        let options = HTML_PARSE_NONET.rawValue | HTML_PARSE_NOERROR.rawValue | HTML_PARSE_NOWARNING.rawValue
        let forgiving = CInt(options | HTML_PARSE_RECOVER.rawValue | HTML_PARSE_COMPACT.rawValue)
        guard !bytes.isEmpty else { return [] }
        let document = try unsafe tree(bytes, name) { unsafe htmlReadMemory($0, $1, nil, "UTF-8", forgiving) }
        defer { unsafe xmlFreeDoc(document) }
        return try unsafe events(xmlDocGetRootElement(document), name)
    }

    private static func refuse(_ bytes: [UInt8], _ name: String) throws(BookError) {
        guard bytes.count <= mostBytes else {
            throw BookError(
                .limitExceeded, "\(name) has \(bytes.count) bytes; a page has \(mostBytes >> 20) MiB at most")
        }
        guard !bytes.span.holds("<!ENTITY") else {
            throw BookError(.malformedInput, "\(name) declares entities, which no book needs")
        }
        let measure = TagScan.measure(bytes)
        guard measure.open <= mostOpen else { throw tooDeep(name) }
        guard measure.attributes <= mostAttributes else {
            throw BookError(.limitExceeded, "\(name) has an element with more than \(mostAttributes) attributes")
        }
    }

    private static func tooDeep(_ name: String) -> BookError {
        BookError(.limitExceeded, "\(name) has elements in each other more than \(deepest) deep")
    }

    private static func tree(
        _ bytes: [UInt8], _ name: String, _ read: (UnsafePointer<CChar>, CInt) -> xmlDocPtr?
    ) throws(BookError) -> xmlDocPtr {
        let document = unsafe bytes.withUnsafeBytes { source in
            unsafe source.assumingMemoryBound(to: CChar.self).baseAddress.flatMap {
                unsafe read($0, CInt(source.count))
            }
        }
        guard let document = unsafe document else { throw BookError(.malformedInput, "\(name) cannot be read") }
        return unsafe document
    }

    /// Walks a tree without calling itself: what somebody nests must not take our stack.
    private static func events(_ root: xmlNodePtr?, _ name: String) throws(BookError) -> [MarkupEvent] {
        var events: [MarkupEvent] = []
        var place = unsafe root
        var depth = 0
        while let node = unsafe place {
            unsafe enter(node, &events)
            if let child = unsafe node.pointee.type == XML_ELEMENT_NODE ? node.pointee.children : nil {
                unsafe place = child
                depth += 1
                guard depth <= deepest else { throw tooDeep(name) }
                continue
            }
            let count = events.count
            unsafe place = next(after: node, within: root, &events)
            depth -= events.count - count
        }
        return events
    }

    private static func enter(_ node: xmlNodePtr, _ events: inout [MarkupEvent]) {
        switch unsafe node.pointee.type {
        case XML_ELEMENT_NODE:
            unsafe events.append(.open(.init(name: text(node.pointee.name), attributes: attributes(of: node))))
            if unsafe node.pointee.children == nil { unsafe events.append(.close(text(node.pointee.name))) }
        case XML_TEXT_NODE, XML_CDATA_SECTION_NODE: unsafe events.append(.text(text(node.pointee.content)))
        default: break
        }
    }

    /// The node that comes behind another and all that is in it, closing what ends there.
    private static func next(
        after node: xmlNodePtr, within root: xmlNodePtr?, _ events: inout [MarkupEvent]
    ) -> xmlNodePtr? {
        var node = unsafe node
        while unsafe node != root {
            if let next = unsafe node.pointee.next { return unsafe next }
            guard let parent = unsafe node.pointee.parent, unsafe parent.pointee.type == XML_ELEMENT_NODE else {
                return nil
            }
            unsafe events.append(.close(text(parent.pointee.name)))
            unsafe node = parent
        }
        return nil
    }

    private static func attributes(of node: xmlNodePtr) -> [String: String] {
        var attributes: [String: String] = [:]
        var place = unsafe node.pointee.properties
        while let attribute = unsafe place {
            let space = unsafe attribute.pointee.ns.flatMap { unsafe $0.pointee.prefix }
            let prefix = unsafe space.map { unsafe text($0) + ":" } ?? ""
            let value = unsafe xmlNodeListGetString(node.pointee.doc, attribute.pointee.children, 1)
            unsafe attributes[prefix + text(attribute.pointee.name)] = unsafe value.map { unsafe text($0) } ?? ""
            unsafe oriole_xml_free(value)
            unsafe place = attribute.pointee.next
        }
        return attributes
    }

    private static func text(_ bytes: UnsafePointer<xmlChar>?) -> String {
        unsafe bytes.map { unsafe String(cString: $0) } ?? ""
    }
}

extension Markup {
    /// The sign that a name such as `eacute` stands for in HTML.
    static func sign(named name: String) -> Character? {
        let entity = unsafe name.withCString { name in
            unsafe name.withMemoryRebound(to: xmlChar.self, capacity: 1) { unsafe htmlEntityLookup($0) }
        }
        return unsafe entity.flatMap { unsafe Unicode.Scalar($0.pointee.value) }.map { Character($0) }
    }
}

extension Span<UInt8> {
    /// Whether the bytes of a text are somewhere among these, in capitals or not.
    func holds(_ text: StaticString) -> Bool {
        let wanted = Array("\(text)".lowercased().utf8)
        guard count >= wanted.count else { return false }
        for start in 0...count - wanted.count where self[start] | 0x20 == wanted[0] | 0x20 {
            if wanted.indices.allSatisfy({ self[start + $0] == wanted[$0] || self[start + $0] | 0x20 == wanted[$0] }) {
                return true
            }
        }
        return false
    }
}
