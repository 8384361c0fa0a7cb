internal import AudioCore
internal import Platform
internal import Speech

/// Bytes that came: in memory while they are few, else in a temporary file that goes with the last who holds them.
final class Spool: Sendable {
    let byteCount: Int
    private let memory: [UInt8]
    private let file: SpoolFile?

    fileprivate init(_ memory: [UInt8], _ file: SpoolFile?, byteCount: Int) {
        self.memory = memory
        self.byteCount = byteCount
        self.file = file
    }

    /// Makes one of a few bytes.
    convenience init(_ bytes: [UInt8]) { self.init(bytes, nil, byteCount: bytes.count) }

    /// Whether there is a file on disk for them.
    var isOnDisk: Bool { file != nil }

    /// All of them.
    func bytes() throws(Fault) -> [UInt8] { try bytes(from: 0, count: byteCount) }

    /// Some of them, fewer at the end.
    func bytes(from offset: Int, count: Int) throws(Fault) -> [UInt8] {
        do throws(SystemError) {
            if let bytes = try file?.bytes(from: offset, count: min(count, byteCount - offset)) { return bytes }
        } catch {
            throw Fault(error)
        }
        return Array(memory.dropFirst(offset).prefix(count))
    }

    /// Opens the sound that they are; messages do not name the file.
    func open() async throws(AudioError) -> AudioInput {
        guard let path = file?.path else { return try await AudioInput(bytes: memory) }
        do throws(AudioError) {
            return try await AudioInput(path: path)
        } catch {
            throw AudioError(error.code, withoutPath(error.message), remedy: error.remedy, cause: error.cause)
        }
    }

    /// Has an engine read them; its messages do not name the file either.
    func withFaults<Value: ~Copyable>(_ body: () async throws(RemoteError) -> Value) async throws(Fault) -> Value {
        do throws(RemoteError) {
            return try await body()
        } catch {
            let fault = Fault(error)
            throw Fault(
                fault.kind, withoutPath(fault.message), hint: fault.hint, code: fault.code, retryAfter: fault.retryAfter
            )
        }
    }

    /// A message that does not name the file.
    func withoutPath(_ message: String) -> String {
        file.map { message.replacing($0.path, with: "the file") } ?? message
    }

    /// The sound as an engine takes it.
    var clip: AudioClip {
        file.map { .file(path: $0.path) } ?? .bytes(memory)
    }
}

/// A temporary file that several may hold.
private final class SpoolFile: Sendable {
    private let file: TemporaryFile

    init() throws(SystemError) { file = try TemporaryFile(suffix: ".upload") }

    var path: String { file.path }

    func write(_ bytes: Span<UInt8>) throws(SystemError) { try file.file.write(bytes) }

    func bytes(from offset: Int, count: Int) throws(SystemError) -> [UInt8] {
        try file.file.bytes(from: offset, count: count)
    }
}

/// Gathers bytes that come.
struct SpoolWriter: ~Copyable {
    private var memory: [UInt8] = []
    private var file: SpoolFile?
    private(set) var byteCount = 0
    private let mostInMemory: Int

    /// What is kept of a body in memory; the rest goes to disk.
    static let mostInMemory = 1 << 20

    /// Makes one that keeps so much in memory.
    init(mostInMemory: Int = Self.mostInMemory) { self.mostInMemory = mostInMemory }

    /// Appends bytes.
    mutating func write(_ bytes: Span<UInt8>) throws(Fault) {
        byteCount += bytes.count
        memory.append(copying: bytes)
        // Written in large pieces, whatever size they come in.
        if memory.count > (file == nil ? mostInMemory : Self.pieceByteCount) { try flush() }
    }

    /// All that came.
    consuming func finish() throws(Fault) -> Spool {
        if file != nil { try flush() }
        return Spool(memory, file, byteCount: byteCount)
    }

    private static let pieceByteCount = 1 << 18

    private mutating func flush() throws(Fault) {
        do throws(SystemError) {
            if file == nil { file = try SpoolFile() }
            try file?.write(memory.span)
        } catch {
            throw Fault(error)
        }
        memory.removeAll(keepingCapacity: memory.capacity <= 2 * Self.pieceByteCount)
    }
}
