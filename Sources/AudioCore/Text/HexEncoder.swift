/// Encodes bytes as lower-case hexadecimal text.
public struct HexEncoder: Sendable {
    /// Makes an encoder; it holds nothing back.
    public init() {}

    /// Appends two digits for every byte.
    public func encode(_ bytes: Span<UInt8>, appendingTo text: inout [UInt8]) {
        let digits = Array("0123456789abcdef".utf8)
        for index in bytes.indices {
            text.append(digits[Int(bytes[index] >> 4)])
            text.append(digits[Int(bytes[index] & 0x0F)])
        }
    }
}
