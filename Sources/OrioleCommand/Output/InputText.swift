internal import AudioCore
internal import Platform

/// Text that was typed, or that is in a file or comes through standard input.
enum InputText: Equatable {
    case typed(String)
    case file(String)

    /// The most that is read.
    private static let longest = 64 << 20

    /// The text; a mark of byte order at its beginning is none of it.
    func read() throws(CommandError) -> String {
        switch self {
        case .typed(let text): return text
        case .file(let path):
            let bytes = try Self.bytes(of: path)
            guard let text = String(validating: bytes, as: UTF8.self) else {
                throw CommandError(
                    .unusableInput, "\(path == "-" ? "standard input" : path) is no UTF-8 text",
                    hint: "iconv -t UTF-8 converts it")
            }
            return text.first == "\u{FEFF}" ? String(text.dropFirst()) : text
        }
    }

    /// All bytes of a file, or of standard input.
    static func bytes(of path: String) throws(CommandError) -> [UInt8] {
        do throws(SystemError) {
            return try path == "-"
                ? OpenFile.standardInput.readAll(limit: longest) : OpenFile.contents(of: path, limit: longest)
        } catch {
            throw CommandError(AudioError(error))
        }
    }
}
