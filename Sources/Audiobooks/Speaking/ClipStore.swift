internal import AudioCore
internal import Jobs
internal import Platform
internal import Synchronization

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// The sound that an engine has made, in one file beside the journal: a clip is there for good before the journal knows it.
final class ClipStore: Sendable {
    /// Where a clip is.
    struct Place: Codable, Hashable, Sendable {
        /// The first frame in the file.
        let start: Int
        let frames: Int
        /// The number of the file: another that has taken its place has other sound there.
        let file: UInt64
    }

    /// The name of the file.
    static let name = "sound.pcm"
    private static let bytesPerFrame = 2
    /// Bytes of the number at the beginning of the file.
    private static let headByteCount = 8

    private let journal: Journal
    private let file: Mutex<OpenFile>
    private let number: UInt64

    /// Opens the sound of a job.
    init(_ journal: Journal) throws(SystemError) {
        self.journal = journal
        let file = try OpenFile(updating: journal.folder + "/" + Self.name)
        var head = try file.bytes(from: 0, count: Self.headByteCount)
        if head.count < Self.headByteCount {
            head = (0..<Self.headByteCount).map { _ in UInt8.random(in: 0...255) }
            try file.overwrite(head.span, at: 0)
        }
        number = head.reduce(0) { $0 << 8 | UInt64($1) }
        self.file = Mutex(file)
    }

    /// The place of a clip that is known.
    func place(for key: JobKey) -> Place? {
        guard let place: Place = journal.value(for: key) else { return nil }
        // A power failure may leave a journal whose sound is not there.
        let count = file.withLock { try? $0.byteCount() } ?? 0
        let isThere =
            place.file == number && place.start >= 0 && place.frames >= 0
            && place.start + place.frames <= count / Self.bytesPerFrame
        return isThere ? place : nil
    }

    /// Keeps a clip, and returns when it cannot be lost any more.
    func add(_ samples: [Int16], for key: JobKey) throws(SystemError) -> Place {
        let bytes = samples.littleEndianBytes
        let place = try file.withLock { file throws(SystemError) in
            let start = (try file.byteCount() + 1) / Self.bytesPerFrame
            try file.overwrite(bytes.span, at: start * Self.bytesPerFrame)
            try file.synchronize()
            return Place(start: start, frames: samples.count, file: number)
        }
        try journal.add(place, for: key)
        return place
    }

    /// Notes that a clip is not to be used.
    func reject(_ key: JobKey) throws(SystemError) { try journal.add(true, for: Self.rejection(of: key)) }

    /// Whether a clip is not to be used.
    func isRejected(_ key: JobKey) -> Bool {
        guard journal.value(for: Self.rejection(of: key)) ?? false else { return false }
        // It belongs to this book all the same.
        _ = place(for: key)
        return true
    }

    private static func rejection(of key: JobKey) -> JobKey { JobKey(["rejected", key.text], [UInt8]().span) }

    /// Samples from a place in the file on.
    func samples(from start: Int, count: Int) throws(SystemError) -> [Int16] {
        let bytes = try file.withLock { file throws(SystemError) in
            try file.bytes(from: start * Self.bytesPerFrame, count: count * Self.bytesPerFrame)
        }
        guard bytes.count == count * Self.bytesPerFrame else {
            throw SystemError("pread", number: EIO, subject: Self.name)
        }
        return (0..<count).map { Int16(bytes[2 * $0]) | Int16(bitPattern: UInt16(bytes[2 * $0 + 1]) << 8) }
    }

    /// All samples of a clip.
    func samples(of place: Place) throws(SystemError) -> [Int16] {
        try samples(from: place.start, count: place.frames)
    }
}
