/// Decodes hexadecimal text of either case piece by piece, however it is cut.
///
/// White space is skipped; anything else is an error with its place. Told to, the decoder stops at a closing quote.
public struct HexDecoder: Sendable {
    private let stopsAtQuote: Bool
    private var high: UInt8?
    private var offset = 0

    /// Whether the closing quote has been reached: nothing after it is read.
    public private(set) var isAtQuote = false

    /// Makes a decoder that waits for its first digit.
    public init(stopsAtQuote: Bool = false) { self.stopsAtQuote = stopsAtQuote }

    /// Decodes text and appends the bytes that it completes.
    ///
    /// - Returns: how many characters were used: all of them, or those before the quote.
    /// - Throws: `malformedInput` for a character that is neither a digit nor white space, with its offset.
    public mutating func decode(_ text: Span<UInt8>, appendingTo bytes: inout [UInt8]) throws(AudioError) -> Int {
        guard !isAtQuote else { return 0 }
        for index in text.indices {
            let character = text[index]
            if let digit = Self.value(of: character) {
                if let high { bytes.append(high << 4 | digit) }
                high = high == nil ? digit : nil
            } else if character == UInt8(ascii: "\"") && stopsAtQuote {
                isAtQuote = true
                offset += index
                return index
            } else if !ASCII.isSpace(character) {
                let place = offset + index
                throw AudioError(.malformedInput, "\(ASCII.name(of: character)) at offset \(place) is not hexadecimal")
            }
        }
        offset += text.count
        return text.count
    }

    /// Ends the text.
    ///
    /// - Throws: `malformedInput` when the text ends inside a byte.
    public consuming func finish() throws(AudioError) {
        guard high == nil else {
            throw AudioError(.malformedInput, "hexadecimal text ends inside a byte, after \(offset) characters")
        }
    }

    private static func value(of character: UInt8) -> UInt8? {
        switch character {
        case 0x30...0x39: character - 0x30
        case 0x41...0x46: character - 0x37
        case 0x61...0x66: character - 0x57
        default: nil
        }
    }
}
