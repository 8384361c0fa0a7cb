/// What is asked of a server.
package struct HTTPRequest: Sendable {
    /// The method, in capitals.
    package var method: String
    /// The whole address, with its query.
    package var url: String
    /// The header fields beside those that the transport makes.
    package var headers: [HTTPHeader]
    /// What is sent.
    package var body: Body
    /// How long each part of the exchange may take.
    package var limits: TransportLimits

    /// What is sent with a request.
    package enum Body: Sendable {
        /// Nothing.
        case none
        /// Bytes of a media type.
        case bytes([UInt8], type: String)
        /// Fields and files of a form, read from disk as the socket drains.
        case form(Multipart)
    }

    package init(
        _ method: String, _ url: String, headers: [HTTPHeader] = [], body: Body = .none,
        limits: TransportLimits = TransportLimits()
    ) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
        self.limits = limits
    }
}

/// A field of a header.
package struct HTTPHeader: Equatable, Sendable {
    package let name: String
    package let value: String

    /// Makes a field; line ends in the value, which would begin another field, become spaces.
    package init(_ name: String, _ value: String) {
        self.name = name
        self.value = String(String.UnicodeScalarView(value.unicodeScalars.map { $0.value < 0x20 ? " " : $0 }))
    }
}

/// The beginning of an answer.
package struct HTTPHead: Equatable, Sendable {
    /// The status, such as 200.
    package let status: Int
    /// The fields, as they came.
    package let headers: [HTTPHeader]

    package init(status: Int, headers: [HTTPHeader]) {
        self.status = status
        self.headers = headers
    }

    /// Whether the status says that all went well.
    package var isSuccess: Bool { (200..<300).contains(status) }

    /// The value of the first field of a name, in any spelling of its letters.
    package func value(_ name: String) -> String? {
        let wanted = name.lowercased()
        return headers.first { $0.name.lowercased() == wanted }?.value
    }

    /// A parameter of the media type, such as a rate.
    package func mediaParameter(_ name: String) -> String? {
        let parameters = (value("content-type") ?? "").split(separator: ";").dropFirst()
        return parameters.lazy.map { $0.filter { !$0.isWhitespace && $0 != "\"" }.lowercased() }
            .first { $0.hasPrefix(name + "=") }.map { String($0.dropFirst(name.count + 1)) }
    }

    /// The media type without its parameters, in small letters.
    package var mediaType: String? {
        value("content-type").map { type in
            String(type.prefix { $0 != ";" }.filter { !$0.isWhitespace }).lowercased()
        }
    }
}
