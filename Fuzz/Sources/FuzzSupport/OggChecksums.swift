/// Gives every Ogg page the checksum that fits it (RFC 3533, section 6), so that what the fuzzer changed inside a page
/// reaches the decoder instead of being dropped with the page.
public func repairedOggChecksums(_ file: [UInt8]) -> [UInt8] {
    var bytes = file
    var place = 0
    while let page = pageRange(in: bytes, from: place) {
        for index in 22..<26 { bytes[page.lowerBound + index] = 0 }
        let sum = checksum(bytes[page])
        for index in 0..<4 { bytes[page.lowerBound + 22 + index] = UInt8(truncatingIfNeeded: sum >> (8 * index)) }
        place = page.upperBound
    }
    return bytes
}

/// The next whole page: its capture pattern, 27 bytes of header, a table of segment lengths, and the segments.
private func pageRange(in bytes: [UInt8], from start: Int) -> Range<Int>? {
    var place = start
    while place + 27 <= bytes.count {
        if bytes[place...].starts(with: [0x4F, 0x67, 0x67, 0x53]) {
            let tableEnd = place + 27 + Int(bytes[place + 26])
            guard tableEnd <= bytes.count else { return nil }
            let end = tableEnd + bytes[place + 27..<tableEnd].reduce(0) { $0 + Int($1) }
            return end <= bytes.count ? place..<end : nil
        }
        place += 1
    }
    return nil
}

/// CRC-32 with polynomial 0x04C11DB7, highest bit first.
private func checksum(_ bytes: ArraySlice<UInt8>) -> UInt32 {
    bytes.reduce(0) { sum, byte in
        (0..<8).reduce(sum ^ UInt32(byte) << 24) { sum, _ in sum & 0x8000_0000 != 0 ? sum << 1 ^ 0x04C1_1DB7 : sum << 1
        }
    }
}
