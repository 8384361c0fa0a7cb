/// Decodes base64 (RFC 4648, section 4) piece by piece, however the text is cut.
///
/// Up to three characters wait for the rest of their group. Padding may be left out at the end; white space is skipped;
/// anything else is an error with its place. Told to, the decoder stops at a closing quote, so that the string of a
/// JSON document is decoded where it lies.
///
/// ```swift
/// var decoder = Base64Decoder(stopsAtQuote: true)
/// let used = try decoder.decode(line.span.extracting(droppingFirst: start), appendingTo: &bytes)
/// try decoder.finish(appendingTo: &bytes)
/// ```
public struct Base64Decoder: Sendable {
    private let stopsAtQuote: Bool
    private let kernels: Kernels
    /// The six-bit values that wait for the rest of their group, and how many they are.
    private var group: UInt32 = 0
    private var groupCount = 0
    private var paddingCount = 0
    /// A padded group has ended the text.
    private var isPadded = false
    private var offset = 0

    /// Whether the closing quote has been reached: nothing after it is read.
    public private(set) var isAtQuote = false

    /// The bytes of a text that is all here.
    ///
    /// - Throws: `malformedInput` for what is no base64.
    public static func bytes(of text: String) throws(AudioError) -> [UInt8] {
        var decoder = Base64Decoder()
        var bytes: [UInt8] = []
        _ = try decoder.decode(Array(text.utf8).span, appendingTo: &bytes)
        try decoder.finish(appendingTo: &bytes)
        return bytes
    }

    /// Makes a decoder that waits for its first character.
    public init(stopsAtQuote: Bool = false) { self.init(stopsAtQuote: stopsAtQuote, kernels: .active) }

    init(stopsAtQuote: Bool, kernels: Kernels) {
        self.stopsAtQuote = stopsAtQuote
        self.kernels = kernels
    }

    /// Decodes text and appends the bytes of the groups that it completes.
    ///
    /// - Returns: how many characters were used: all of them, or those before the quote.
    /// - Throws: `malformedInput` for a character that is neither of the alphabet nor white space, with its offset.
    public mutating func decode(_ text: Span<UInt8>, appendingTo bytes: inout [UInt8]) throws(AudioError) -> Int {
        var index = 0
        while index < text.count && !isAtQuote {
            if groupCount == 0 && !isPadded {
                index += kernels.appendBase64(text.extracting(droppingFirst: index), to: &bytes)
                guard index < text.count else { break }
            }
            try take(text[index], at: offset + index, appendingTo: &bytes)
            if !isAtQuote { index += 1 }
        }
        offset += index
        return index
    }

    /// Ends the text and appends the bytes of a last group that had no padding.
    ///
    /// - Throws: `malformedInput` when the text ends inside a byte.
    public consuming func finish(appendingTo bytes: inout [UInt8]) throws(AudioError) {
        guard groupCount != 1, paddingCount == 0 else {
            throw AudioError(.malformedInput, "base64 ends inside a group, after \(offset) characters")
        }
        appendGroup(to: &bytes)
    }

    /// The bytes of base64 that is all here; nil for what is none.
    package static func bytes(of text: [UInt8]) -> [UInt8]? {
        var decoder = Base64Decoder()
        var bytes: [UInt8] = []
        do throws(AudioError) {
            guard try decoder.decode(text.span, appendingTo: &bytes) == text.count else { return nil }
            try decoder.finish(appendingTo: &bytes)
        } catch {
            return nil
        }
        return bytes
    }

    private mutating func take(_ character: UInt8, at place: Int, appendingTo bytes: inout [UInt8]) throws(AudioError) {
        let value = Self.values[Int(character)]
        if value >= 0 && paddingCount == 0 && !isPadded {
            group = group << 6 | UInt32(value)
            groupCount += 1
            if groupCount == 4 { appendGroup(to: &bytes) }
        } else if character == UInt8(ascii: "=") && groupCount >= 2 {
            paddingCount += 1
            isPadded = groupCount + paddingCount == 4
            if isPadded { appendGroup(to: &bytes) }
        } else if character == UInt8(ascii: "\"") && stopsAtQuote {
            isAtQuote = true
        } else if !ASCII.isSpace(character) {
            throw AudioError(.malformedInput, "\(ASCII.name(of: character)) at offset \(place) is not base64")
        }
    }

    /// Appends the whole bytes of the group: one fewer than its characters.
    private mutating func appendGroup(to bytes: inout [UInt8]) {
        let word = group << (6 * (4 - UInt32(groupCount)))
        for index in 0..<max(groupCount - 1, 0) { bytes.append(UInt8(truncatingIfNeeded: word >> (16 - 8 * index))) }
        group = 0
        groupCount = 0
        paddingCount = 0
    }

    /// The six bits of each character, or −1.
    private static let values: [Int8] = {
        var values = [Int8](repeating: -1, count: 256)
        for (value, character) in Base64Encoder.alphabet.enumerated() { values[Int(character)] = Int8(value) }
        return values
    }()
}
