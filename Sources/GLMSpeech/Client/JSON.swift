internal import HTTPTransport

#if canImport(FoundationEssentials)
    internal import FoundationEssentials
#else
    internal import Foundation
#endif

/// JSON off the hot path.
enum JSON {
    static func decode<Value: Decodable>(_ bytes: [UInt8]) throws -> Value {
        try JSONDecoder().decode(Value.self, from: Data(bytes))
    }

    /// A value as the body of a request.
    static func body(_ value: some Encodable) -> HTTPRequest.Body {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .withoutEscapingSlashes
        guard let data = try? encoder.encode(value) else { preconditionFailure("a request can always be written") }
        return .bytes(Array(data), type: "application/json")
    }

    /// A value as text.
    static func text(_ value: some Encodable) -> String {
        guard case .bytes(let bytes, _) = body(value) else { return "" }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// What a decoder complains about, in a few words.
    static func complaint(_ error: any Error) -> String {
        guard let error = error as? DecodingError else { return "it is no JSON" }
        switch error {
        case .keyNotFound(let key, _): return "‘\(key.stringValue)’ is missing"
        case .typeMismatch(_, let context), .valueNotFound(_, let context), .dataCorrupted(let context):
            let path = context.codingPath.map(\.stringValue).joined(separator: ".")
            return path.isEmpty ? "it is no JSON" : "‘\(path)’ is of another type"
        @unknown default: return "it cannot be read"
        }
    }
}

/// Text that some servers write as a number.
struct LooseText: Decodable {
    let text: String

    init(from decoder: any Decoder) throws {
        let value = try decoder.singleValueContainer()
        if let number = try? value.decode(Int.self) {
            text = String(number)
        } else {
            text = try value.decode(String.self)
        }
    }

    /// The number, when it is one.
    var number: Int? { Int(text) }
}
