extension Span where Element == UInt8 {
    /// The number of a header's field.
    func number<Number: FixedWidthInteger & UnsignedInteger>(
        _ type: Number.Type, at offset: Int, _ order: ByteOrder
    ) -> Number {
        let width = MemoryLayout<Number>.size
        var value: UInt64 = 0
        for index in 0..<width {
            let place = order == .bigEndian ? index : width - 1 - index
            value = value << 8 | UInt64(self[offset + place])
        }
        return Number(truncatingIfNeeded: value)
    }
}

extension String {
    /// The text of ASCII bytes.
    init(decoding bytes: Span<UInt8>) {
        self.init()
        for index in bytes.indices { unicodeScalars.append(Unicode.Scalar(bytes[index])) }
    }
}

extension [UInt8] {
    /// Appends a number, lowest byte first.
    package mutating func append<Number: FixedWidthInteger>(littleEndian number: Number) {
        for shift in stride(from: 0, to: Number.bitWidth, by: 8) { append(UInt8(truncatingIfNeeded: number >> shift)) }
    }

    /// Appends a number, highest byte first.
    mutating func append<Number: FixedWidthInteger>(bigEndian number: Number) {
        append(littleEndian: number.byteSwapped)
    }
}
