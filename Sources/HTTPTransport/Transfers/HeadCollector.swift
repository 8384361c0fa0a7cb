/// Gathers the lines of an answer's head; of several heads (after a redirection, or `100 Continue`) the last.
struct HeadCollector {
    private var status: Int?
    private var headers: [HTTPHeader] = []

    /// The head, once its first line has come.
    var head: HTTPHead? { status.map { HTTPHead(status: $0, headers: headers) } }

    /// Takes a line with its end.
    mutating func add(_ line: UnsafeRawBufferPointer) {
        let text = unsafe String(decoding: line, as: UTF8.self)
        if text.hasPrefix("HTTP/") {
            status = text.split(separator: " ").dropFirst().first.flatMap { Int($0.prefix(3)) }
            headers = []
        } else if let colon = text.firstIndex(of: ":") {
            let value = text[text.index(after: colon)...].drop { $0 == " " || $0 == "\t" }
            headers.append(HTTPHeader(String(text[..<colon]), String(value.prefix { !$0.isNewline })))
        }
    }
}
