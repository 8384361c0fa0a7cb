/// The companding of telephone lines: tables from a byte to a sample (ITU-T G.711).
enum G711 {
    /// What each A-law byte means, in units of full scale.
    static let aLaw: [Float] = (0..<256).map { aLawSample(UInt8($0)) }
    /// What each µ-law byte means, in units of full scale.
    static let muLaw: [Float] = (0..<256).map { muLawSample(UInt8($0)) }

    /// G.711 table 1: even bits inverted; three bits of exponent, four of mantissa, half a step added.
    private static func aLawSample(_ byte: UInt8) -> Float {
        let code = byte ^ 0x55
        let mantissa = Int(code & 0x0F) << 4
        let exponent = Int(code >> 4 & 0x07)
        let magnitude = exponent == 0 ? mantissa + 8 : (mantissa + 0x108) << (exponent - 1)
        return Float(code & 0x80 != 0 ? magnitude : -magnitude) / 32_768
    }

    /// G.711 table 2: all bits inverted; a bias of 132 makes every segment start at a power of two.
    private static func muLawSample(_ byte: UInt8) -> Float {
        let code = ~byte
        let exponent = Int(code >> 4 & 0x07)
        let magnitude = ((Int(code & 0x0F) << 3 + 132) << exponent) - 132
        return Float(code & 0x80 == 0 ? magnitude : -magnitude) / 32_768
    }
}
