internal import Platform

/// Encodes bytes as base64 (RFC 4648, section 4) piece by piece, however they are cut.
public struct Base64Encoder: Sendable {
    private var carried: [UInt8] = []

    static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    /// Makes an encoder that waits for its first byte.
    public init() {}

    /// Encodes bytes and appends the characters of the groups that they complete.
    public mutating func encode(_ bytes: Span<UInt8>, appendingTo text: inout [UInt8]) {
        var start = 0
        if !carried.isEmpty {
            start = min(3 - carried.count, bytes.count)
            carried.append(copying: bytes.extracting(first: start))
            guard carried.count == 3 else { return }
            let group = carried
            carried.removeAll(keepingCapacity: true)
            appendGroups(group.span, to: &text)
        }
        let rest = bytes.extracting(droppingFirst: start)
        let whole = rest.count - rest.count % 3
        appendGroups(rest.extracting(first: whole), to: &text)
        carried.append(copying: rest.extracting(droppingFirst: whole))
    }

    /// Ends the text and appends the last group, with padding.
    public consuming func finish(appendingTo text: inout [UInt8]) {
        guard !carried.isEmpty else { return }
        let missing = 3 - carried.count
        let group = carried + [UInt8](repeating: 0, count: missing)
        appendGroups(group.span, to: &text)
        text.removeLast(missing)
        text += [UInt8](repeating: UInt8(ascii: "="), count: missing)
    }

    /// The base64 of bytes that are all here.
    public static func text(of bytes: Span<UInt8>) -> [UInt8] {
        var encoder = Base64Encoder()
        var text: [UInt8] = []
        encoder.encode(bytes, appendingTo: &text)
        encoder.finish(appendingTo: &text)
        return text
    }

    private func appendGroups(_ bytes: Span<UInt8>, to text: inout [UInt8]) {
        let alphabet = Self.alphabet.span
        text.append(addingCapacity: bytes.count / 3 * 4) { free in
            for index in stride(from: 0, to: bytes.count, by: 3) {
                let group = Int(bytes[index]) << 16 | Int(bytes[index + 1]) << 8 | Int(bytes[index + 2])
                free.append(alphabet[group >> 18])
                free.append(alphabet[group >> 12 & 0x3F])
                free.append(alphabet[group >> 6 & 0x3F])
                free.append(alphabet[group & 0x3F])
            }
        }
    }
}
