internal import AudioCore

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// Reads the sound out of a frame of speech where it lies: the hot path, without a copy of the text and without a tree.
///
/// It knows one shape, `{…"choices":[{…"delta":{…"content":"…",…}}]…}` in any order of members. A frame of any other is
/// left to the full decoder: one with an escape in the sound, without sound, with an end or with an error.
@_spi(Measuring)
public struct SpeechFrameReader {
    private let encoding: GLMSettings.SpeechEncoding
    /// The rate that the frame tells.
    public private(set) var rate: Int?

    /// Makes a reader of sound that is written in one of the two ways.
    public init(_ encoding: GLMSettings.SpeechEncoding) { self.encoding = encoding }

    /// Appends the bytes of the frame's sound.
    ///
    /// - Returns: false, with nothing appended, for a frame that the full decoder must read.
    public mutating func read(_ frame: Span<UInt8>, appendingTo bytes: inout [UInt8]) -> Bool {
        rate = nil
        let before = bytes.count
        guard walk(frame, appendingTo: &bytes), bytes.count > before else {
            bytes.removeLast(bytes.count - before)
            return false
        }
        return true
    }

    /// Where the members of a frame's sound stand: within the object, the list, the choice and the delta.
    private static let soundDepth = 4

    /// Walks over the frame's structure; only strings are skipped as a whole.
    private mutating func walk(_ frame: Span<UInt8>, appendingTo bytes: inout [UInt8]) -> Bool {
        var index = 0
        var depth = 0
        var isName = false
        var isContent = false
        var hasContent = false
        // Of the names in a choice, the last; of objects in it, whether this one is the delta.
        var namesDelta = false
        var isInDelta = false
        while index < frame.count {
            let character = frame[index]
            index += 1
            switch character {
            case UInt8(ascii: "{"):
                (depth, isName) = (depth + 1, true)
                if depth == Self.soundDepth { isInDelta = namesDelta }
            case UInt8(ascii: "["): (depth, isName) = (depth + 1, false)
            case UInt8(ascii: "}"), UInt8(ascii: "]"): (depth, isName) = (depth - 1, false)
            case UInt8(ascii: ","): isName = true
            case UInt8(ascii: ":"): isName = false
            case UInt8(ascii: "\""):
                if isContent && !isName {
                    guard !hasContent, let end = decode(frame, from: index, appendingTo: &bytes) else { return false }
                    (index, hasContent, isContent) = (end + 1, true, false)
                    continue
                }
                guard let end = Self.quote(in: frame, from: index) else { return false }
                if isName {
                    let name = frame.extracting(index..<end)
                    guard !name.isOne(of: "error", "finish_reason") else { return false }
                    if depth == Self.soundDepth - 1 { namesDelta = name.isOne(of: "delta") }
                    isContent = depth == Self.soundDepth && isInDelta && name.isOne(of: "content")
                    if name.isOne(of: "return_sample_rate") { rate = Self.number(in: frame, from: end + 1) }
                }
                index = end + 1
            default: break
            }
        }
        return depth == 0 && hasContent
    }

    /// Decodes the string that begins here, and returns where its quote stands.
    private func decode(_ frame: Span<UInt8>, from start: Int, appendingTo bytes: inout [UInt8]) -> Int? {
        let text = frame.extracting(droppingFirst: start)
        do throws(AudioError) {
            switch encoding {
            case .base64:
                var decoder = Base64Decoder(stopsAtQuote: true)
                let used = try decoder.decode(text, appendingTo: &bytes)
                guard decoder.isAtQuote else { return nil }
                try decoder.finish(appendingTo: &bytes)
                return start + used
            case .hex:
                var decoder = HexDecoder(stopsAtQuote: true)
                let used = try decoder.decode(text, appendingTo: &bytes)
                guard decoder.isAtQuote else { return nil }
                try decoder.finish()
                return start + used
            }
        } catch {
            return nil
        }
    }

    /// Where a string ends that has no escapes; nil for one that has.
    private static func quote(in frame: Span<UInt8>, from start: Int) -> Int? {
        unsafe frame.withUnsafeBytes { bytes in
            guard let base = bytes.baseAddress else { return nil }
            let begin = unsafe base + start
            guard let end = unsafe memchr(begin, 0x22, bytes.count - start) else { return nil }
            let length = unsafe UnsafeRawPointer(end) - begin
            return unsafe memchr(begin, 0x5C, length) == nil ? start + length : nil
        }
    }

    /// The number after a name.
    private static func number(in frame: Span<UInt8>, from start: Int) -> Int? {
        var index = start
        while index < frame.count, [UInt8(ascii: ":"), UInt8(ascii: " ")].contains(frame[index]) { index += 1 }
        var number = 0
        var digitCount = 0
        while index < frame.count, (48...57).contains(frame[index]), digitCount < 9 {
            number = number * 10 + Int(frame[index] - 48)
            digitCount += 1
            index += 1
        }
        return digitCount > 0 ? number : nil
    }
}

extension Span<UInt8> {
    /// Whether these are the characters of one of some names.
    fileprivate func isOne(of first: StaticString, _ second: StaticString? = nil) -> Bool {
        isName(first) || (second.map { isName($0) } ?? false)
    }

    private func isName(_ name: StaticString) -> Bool {
        guard count == name.utf8CodeUnitCount else { return false }
        return unsafe withUnsafeBytes { bytes in
            guard let base = bytes.baseAddress else { return false }
            return unsafe memcmp(base, name.utf8Start, bytes.count) == 0
        }
    }
}
