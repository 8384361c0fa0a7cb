internal import CCurl
internal import Platform

/// Turns a request into libcurl's settings, and keeps what they point to while the exchange lasts.
@safe
struct RequestSetup: ~Copyable {
    private let easy: UnsafeMutableRawPointer
    private var headerLines: UnsafeMutablePointer<curl_slist>?
    private var form: OpaquePointer?
    private var uploads: [UploadCursor] = []
    private let errorText = UnsafeMutablePointer<CChar>.allocate(capacity: Int(CURL_ERROR_SIZE))

    /// Takes over a handle.
    init(_ easy: UnsafeMutableRawPointer) {
        unsafe self.easy = easy
        unsafe errorText.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
        unsafe oriole_curl_set_pointer(easy, CURLOPT_ERRORBUFFER, errorText)
    }

    deinit {
        unsafe curl_easy_cleanup(easy)
        unsafe curl_mime_free(form)
        unsafe curl_slist_free_all(headerLines)
        unsafe errorText.deallocate()
    }

    /// What libcurl says about a failure: more than its status says, when it knows more.
    func words(for code: CURLcode) -> String {
        let text = unsafe String(cString: errorText)
        return unsafe text.isEmpty ? String(cString: curl_easy_strerror(code)) : text
    }

    /// Why a file could not be read while it was sent.
    var uploadFailure: String? { uploads.compactMap(\.failure).first }

    mutating func apply(_ request: HTTPRequest) throws(TransportError) {
        guard unsafe oriole_curl_set_text(easy, CURLOPT_URL, request.url) == CURLE_OK else {
            throw TransportError(.unusable, "the address cannot be used")
        }
        applyManners(isSecure: request.url.lowercased().hasPrefix("https:"), request.limits)
        var lines = request.headers.map { "\($0.name): \($0.value)" }
        // Waiting for “100 Continue” costs a second with servers that never say it.
        lines.append("Expect:")
        try apply(request.body, method: request.method, lines: &lines)
        for line in lines { unsafe headerLines = curl_slist_append(headerLines, line) }
        unsafe oriole_curl_set_pointer(easy, CURLOPT_HTTPHEADER, headerLines)
    }

    /// Asks for a connection alone, as secure as the address wants it, on which both sides speak as HTTP/1.1 begins.
    func applyConnection(to url: String, _ limits: TransportLimits) throws(TransportError) {
        guard unsafe oriole_curl_set_text(easy, CURLOPT_URL, url) == CURLE_OK else {
            throw TransportError(.unusable, "the address cannot be used")
        }
        applyManners(isSecure: url.hasPrefix("https:"), limits)
        set(CURLOPT_CONNECT_ONLY, 1)
        set(CURLOPT_HTTPPROXYTUNNEL, 1)
        set(CURLOPT_SSL_ENABLE_ALPN, 0)
        set(CURLOPT_HTTP_VERSION, Self.firstVersion)
    }

    /// `CURL_HTTP_VERSION_1_1`.
    private static let firstVersion = 2

    /// What is the same for all requests: only the web's protocols, few redirections, no signals, limits.
    private func applyManners(isSecure: Bool, _ limits: TransportLimits) {
        unsafe oriole_curl_set_text(easy, CURLOPT_PROTOCOLS_STR, "http,https")
        unsafe oriole_curl_set_text(easy, CURLOPT_REDIR_PROTOCOLS_STR, isSecure ? "https" : "http,https")
        set(CURLOPT_FOLLOWLOCATION, 1)
        set(CURLOPT_MAXREDIRS, 5)
        set(CURLOPT_POSTREDIR, Self.keepsPost)
        set(CURLOPT_NOSIGNAL, 1)
        // A look-up of a name that takes long must not be waited for when its transfer is cancelled.
        set(CURLOPT_QUICK_EXIT, 1)
        set(CURLOPT_TCP_KEEPALIVE, 1)
        // Nothing compressed is asked for, since it arrives late; what comes compressed all the same is unpacked.
        unsafe oriole_curl_set_text(easy, CURLOPT_ACCEPT_ENCODING, "identity")
        // Whom a machine trusts, such as its office's proxy: the name is OpenSSL's own.
        if let path = Environment.value("SSL_CERT_FILE") { unsafe oriole_curl_set_text(easy, CURLOPT_CAINFO, path) }
        set(CURLOPT_CONNECTTIMEOUT_MS, milliseconds(limits.connecting))
        if let total = limits.total { set(CURLOPT_TIMEOUT_MS, milliseconds(total)) }
    }

    private mutating func apply(
        _ body: HTTPRequest.Body, method: String, lines: inout [String]
    ) throws(TransportError) {
        switch body {
        case .none: break
        case .bytes(let bytes, let type):
            lines.append("Content-Type: \(type)")
            unsafe oriole_curl_set_size(easy, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(bytes.count))
            unsafe bytes.withUnsafeBytes { bytes in
                // An empty body is one too: a null pointer would mean that it is read from elsewhere.
                let pointer = unsafe bytes.baseAddress ?? UnsafeRawPointer(errorText)
                unsafe oriole_curl_set_pointer(easy, CURLOPT_COPYPOSTFIELDS, pointer)
            }
        case .form(let form): try apply(form)
        }
        unsafe oriole_curl_set_text(easy, CURLOPT_CUSTOMREQUEST, method)
    }

    /// `CURL_REDIR_POST_ALL`: a request that is sent elsewhere stays what it is.
    private static let keepsPost = 7

    private func set(_ option: CURLoption, _ value: Int) { unsafe oriole_curl_set_number(easy, option, value) }

    private func milliseconds(_ duration: Duration) -> Int { max(1, Int(min(duration / .milliseconds(1), 1e9))) }
}

// MARK: - Forms

extension RequestSetup {
    private mutating func apply(_ multipart: Multipart) throws(TransportError) {
        guard let form = unsafe curl_mime_init(easy) else { throw TransportError(.unusable, "no memory for a form") }
        unsafe self.form = form
        for part in multipart.parts {
            let piece = unsafe curl_mime_addpart(form)
            try unsafe check(curl_mime_name(piece, part.name))
            switch part.content {
            case .text(let text): try unsafe check(curl_mime_data(piece, text, text.utf8.count))
            case .bytes(let bytes, let name, let type):
                let status = unsafe bytes.withUnsafeBytes { bytes in
                    let characters = unsafe bytes.bindMemory(to: CChar.self)
                    return unsafe curl_mime_data(piece, characters.baseAddress, characters.count)
                }
                try check(status)
                try unsafe describe(piece, name, type)
            case .file(let file, let name, let type):
                let cursor = UploadCursor(file)
                uploads.append(cursor)
                try check(unsafe cursor.attach(to: piece))
                try unsafe describe(piece, name, type)
            }
        }
        unsafe oriole_curl_set_pointer(easy, CURLOPT_MIMEPOST, UnsafeRawPointer(form))
    }

    private func describe(_ part: OpaquePointer?, _ fileName: String, _ type: String) throws(TransportError) {
        try unsafe check(curl_mime_filename(part, fileName))
        try unsafe check(curl_mime_type(part, type))
    }

    /// A form without one of its parts must not be sent.
    private func check(_ status: CURLcode) throws(TransportError) {
        guard status == CURLE_OK else { throw TransportError(.unusable, "no memory for a form") }
    }
}
