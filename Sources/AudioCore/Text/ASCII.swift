/// What the text decoders know of characters.
enum ASCII {
    /// Space, tab, line feed, carriage return: the white space of JSON and of wrapped lines.
    static func isSpace(_ character: UInt8) -> Bool {
        character == 0x20 || character == 0x09 || character == 0x0A || character == 0x0D
    }

    /// How a message calls a character: itself when it can be printed, else its number.
    static func name(of character: UInt8) -> String {
        guard (0x21...0x7E).contains(character) else { return "byte \(character)" }
        return "‘\(Unicode.Scalar(character))’"
    }
}
