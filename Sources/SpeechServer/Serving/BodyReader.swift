/// Takes a body as it comes, whatever it is, and keeps it within its limit.
struct BodyReader: ~Copyable {
    private let limit: Int
    private var form: Optional<MultipartReader> = nil
    private var bytes: Optional<SpoolWriter> = nil
    private(set) var byteCount = 0

    /// Makes a reader for the body of a request.
    ///
    /// - Throws: what is wrong with the request before any of its body has come.
    init(of head: RequestHead, limit: Int) throws(Fault) {
        self.limit = limit
        if let length = head.contentLength, length > limit { throw Self.tooLarge(limit) }
        if let boundary = try MultipartReader.boundary(of: head.field("content-type")) {
            form = MultipartReader(boundary: boundary)
        } else {
            bytes = SpoolWriter()
        }
    }

    /// Takes what has come.
    mutating func read(_ piece: Span<UInt8>) throws(Fault) {
        byteCount += piece.count
        guard byteCount <= limit else { throw Self.tooLarge(limit) }
        try form?.read(piece)
        try bytes?.write(piece)
    }

    /// All of the body.
    consuming func finish() throws(Fault) -> Request.Body {
        if let form = form.take() { return .form(try form.finish()) }
        guard let bytes = bytes.take() else { return .bytes(Spool([])) }
        return .bytes(try bytes.finish())
    }

    private static func tooLarge(_ limit: Int) -> Fault {
        Fault(.tooLarge, "the body is larger than \(limit) bytes, which are taken at most")
    }
}
