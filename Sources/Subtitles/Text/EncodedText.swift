internal import CICU

/// Text of bytes whose encoding nobody tells.
package enum EncodedText {
    /// The most bytes that are read as one file.
    package static let mostBytes = 64 << 20

    /// Decodes bytes: by their mark of byte order, else as UTF-8, else UTF-16 by its zeros, else what Korean and Japanese
    /// letters tell, GB18030, and what ICU takes them for.
    package static func decode(_ bytes: [UInt8]) throws(SubtitleError) -> String {
        guard bytes.count <= mostBytes else {
            throw SubtitleError(.limitExceeded, "a file of text has \(mostBytes >> 20) MiB at most")
        }
        if let marked = byMark(bytes) { return marked }
        if !bytes.contains(0), let text = String(validating: bytes, as: UTF8.self) { return text }
        if let wide = byZeros(bytes) { return wide }
        // A zero here and there is no text, and no reason to lose the rest.
        if let text = String(validating: bytes.filter { $0 != 0 }, as: UTF8.self) { return text }
        if let text = byMostOfUTF8(bytes) { return text }
        let guesses = guesses(bytes)
        if let text = byLetters(bytes, guesses) { return text }
        for encoding in ["GB18030"] + guesses {
            guard let text = decode(bytes, as: encoding), isText(text) else { continue }
            if encoding == "GB18030", isTorn(text) { continue }
            return text
        }
        throw SubtitleError(.unknownEncoding, "the bytes are no text; iconv -t UTF-8 converts what it knows")
    }

    private static func byMark(_ bytes: [UInt8]) -> String? {
        switch (bytes.first, bytes.dropFirst().first) {
        case (0xEF, 0xBB) where bytes.dropFirst(2).first == 0xBF:
            String(decoding: bytes.dropFirst(3), as: UTF8.self)
        case (0xFF, 0xFE): wide(bytes.dropFirst(2), bigEndian: false)
        case (0xFE, 0xFF): wide(bytes.dropFirst(2), bigEndian: true)
        default: nil
        }
    }

    /// UTF-16 without a mark: digits and line ends, of which subtitles are full, have a zero beside them.
    private static func byZeros(_ bytes: [UInt8]) -> String? {
        var zeros = (even: 0, odd: 0)
        for (index, byte) in bytes.prefix(4_096).enumerated() where byte == 0 {
            if index.isMultiple(of: 2) { zeros.even += 1 } else { zeros.odd += 1 }
        }
        guard zeros.even != zeros.odd, max(zeros.even, zeros.odd) * 20 > min(bytes.count, 4_096) else {
            return nil
        }
        return wide(bytes[...], bigEndian: zeros.even > zeros.odd)
    }

    private static func wide(_ bytes: ArraySlice<UInt8>, bigEndian: Bool) -> String {
        var units: [UInt16] = []
        units.reserveCapacity(bytes.count / 2)
        for index in stride(from: bytes.startIndex, to: bytes.endIndex - 1, by: 2) {
            let (first, second) = (UInt16(bytes[index]), UInt16(bytes[index + 1]))
            units.append(bigEndian ? first << 8 | second : second << 8 | first)
        }
        return String(decoding: units, as: UTF16.self)
    }

    /// UTF-8 that somebody has torn in a few places: the rest of it is what no other encoding looks like.
    private static func byMostOfUTF8(_ bytes: [UInt8]) -> String? {
        let text = String(decoding: bytes.filter { $0 != 0 }, as: UTF8.self)
        let beyondASCII = text.unicodeScalars.count { !$0.isASCII && $0 != "\u{FFFD}" }
        let torn = text.unicodeScalars.count { $0 == "\u{FFFD}" }
        return torn * 8 <= beyondASCII ? text : nil
    }

    /// Encodings of Korean and Japanese, whose bytes are Chinese characters too: letters that only these have tell them.
    private static func byLetters(_ bytes: [UInt8], _ guesses: [String]) -> String? {
        for encoding in guesses.prefix(while: { $0 != "GB18030" }) {
            guard let share = leastShare[encoding], let text = decode(bytes, as: encoding), isText(text) else {
                continue
            }
            let letters = text.unicodeScalars.filter { !$0.isASCII && $0.properties.isAlphabetic }
            let own = letters.count { (0x3041...0x30FF).contains($0.value) || (0xAC00...0xD7A3).contains($0.value) }
            if Double(own) >= share * Double(letters.count) { return text }
        }
        return nil
    }

    /// How much of a text is kana or Hangul at least.
    private static let leastShare = [
        "EUC-KR": 0.95, "Shift_JIS": 0.25, "EUC-JP": 0.25, "ISO-2022-JP": 0, "ISO-2022-KR": 0,
    ]

    /// Bytes that mean no character, and signs that no text has, tell that the encoding is another.
    private static func isText(_ text: String) -> Bool {
        let odd = text.unicodeScalars.count { scalar in
            switch scalar.properties.generalCategory {
            case .control: !scalar.properties.isWhitespace
            case .privateUse, .unassigned: true
            default: false
            }
        }
        return odd * 100 <= text.unicodeScalars.count
    }

    /// Whether characters stand within words of Latin letters: accents of another encoding, taken for Chinese.
    private static func isTorn(_ text: String) -> Bool {
        var (wide, within) = (0, 0)
        var former: Character = " "
        for character in text {
            if character.isWide, character.isLetter {
                wide += 1
                if former.isASCII, former.isLetter { within += 1 }
            }
            former = character
        }
        return within * 3 > wide
    }

    private static func decode(_ bytes: [UInt8], as encoding: String) -> String? {
        guard let count = Int32(exactly: bytes.count) else { return nil }
        // No byte of these encodings becomes more than two units.
        let room = count * 2 + 2
        var made: Int32 = 0
        let units = [UInt16](capacity: Int(room)) { free in
            unsafe free.withUnsafeMutableBufferPointer { target, initialized in
                made = unsafe bytes.withUnsafeBytes { source in
                    unsafe oriole_icu_decode(
                        encoding, source.assumingMemoryBound(to: CChar.self).baseAddress, count, target.baseAddress,
                        room)
                }
                initialized = Int(max(made, 0))
            }
        }
        return made < 0 ? nil : String(decoding: units, as: UTF16.self)
    }

    private static func guesses(_ bytes: [UInt8]) -> [String] {
        let sample = Array(bytes.prefix(65_536))
        return (0..<8).compactMap { rank in
            var name = [CChar](repeating: 0, count: 32)
            let isThere = unsafe sample.withUnsafeBytes { source in
                unsafe oriole_icu_guess_encoding(
                    source.assumingMemoryBound(to: CChar.self).baseAddress, Int32(sample.count), Int32(rank), &name)
            }
            return isThere
                ? String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self) : nil
        }
    }
}
