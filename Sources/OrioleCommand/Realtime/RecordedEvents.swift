internal import AudioCore
internal import Platform
internal import Synchronization

/// Everything that is said over a call, a line for each event; the file has its name once the call has ended, however it did.
final class RecordedEvents: Sendable {
    private let path: String
    private let lines = Mutex<[UInt8]>([])

    /// The most that is kept: an hour of sound.
    private static let mostBytes = 512 << 20

    init(path: String) { self.path = path }

    /// Notes an event; line ends in it, which JSON allows between its members, become blanks.
    func note(isFromService: Bool, _ json: [UInt8]) {
        let line =
            Array("{\"from\":\"\(isFromService ? "service" : "client")\",\"event\":".utf8)
            + json.map { $0 == 0x0A || $0 == 0x0D ? 0x20 : $0 } + Array("}\n".utf8)
        lines.withLock { lines in
            if lines.count + line.count <= Self.mostBytes { lines += line }
        }
    }

    /// Writes the file.
    func finish() throws(CommandError) {
        let bytes = lines.withLock { $0 }
        do throws(SystemError) {
            try OutputFile.write(bytes.span, to: path)
        } catch {
            throw CommandError(AudioError(error))
        }
    }
}
