internal import AudioCore
internal import Platform
internal import Speech

#if canImport(FoundationEssentials)
    internal import FoundationEssentials
#else
    internal import Foundation
#endif

/// A conversation in a file, so that one command goes on where another ended.
struct KeptConversation {
    let path: String

    /// The largest file: ten minutes of sound as text, and what was said besides.
    private static let mostBytes = 256 << 20

    /// The conversation so far; an empty one where there is no file.
    func read() throws(CommandError) -> VoiceRecord {
        guard OutputFile.isTaken(path) else { return VoiceRecord() }
        let bytes: [UInt8]
        do throws(SystemError) {
            bytes = try OpenFile.contents(of: path, limit: Self.mostBytes)
        } catch {
            throw CommandError(AudioError(error))
        }
        guard let record = try? JSONDecoder().decode(VoiceRecord.self, from: Data(bytes)) else {
            throw CommandError(
                .unusableInput, "\(path) is no conversation of this program", hint: "another name begins a new one")
        }
        return record
    }

    /// Keeps it.
    func write(_ record: VoiceRecord) throws(CommandError) {
        try Terminal.write(Terminal.json(record) + "\n", to: path)
    }
}
