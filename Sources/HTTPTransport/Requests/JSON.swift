#if canImport(FoundationEssentials)
    internal import FoundationEssentials
#else
    internal import Foundation
#endif

/// JSON off the hot path.
package enum JSON {
    package static func decode<Value: Decodable>(_ bytes: [UInt8]) throws -> Value {
        try JSONDecoder().decode(Value.self, from: Data(bytes))
    }

    /// A value as bytes, its members by their names, so that the same value is the same bytes.
    package static func bytes(_ value: some Encodable) -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.withoutEscapingSlashes, .sortedKeys]
        guard let data = try? encoder.encode(value) else { preconditionFailure("what we make can always be written") }
        return Array(data)
    }

    /// A value as the body of a request.
    package static func body(_ value: some Encodable) -> HTTPRequest.Body {
        .bytes(bytes(value), type: "application/json")
    }

    /// A value as text.
    package static func text(_ value: some Encodable) -> String {
        String(decoding: bytes(value), as: UTF8.self)
    }

    /// What a decoder complains about, in a few words.
    package static func complaint(_ error: any Error) -> String {
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
