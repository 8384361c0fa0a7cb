internal import CSndFile
internal import Platform

/// The file that libsndfile writes, behind calls of ours, which remember what it may not notice: a write that failed.
final class FileUnderWriter {
    private var file: Optional<OutputFile>
    /// What goes to somebody who cannot go back, and has not been taken; nothing is mended there.
    private var passing: [UInt8] = []
    private var position = 0
    private var length = 0

    /// The first write that failed.
    private(set) var failure: SystemError?

    init(_ file: consuming OutputFile) { self.file = consume file }

    /// Makes one whose bytes are taken while they come.
    init() { file = nil }

    /// The bytes that have come since the last time.
    func takeBytes(appendingTo bytes: inout [UInt8]) {
        bytes += passing
        passing.removeAll(keepingCapacity: true)
    }

    /// What the calls below get as their user data; the writer keeps the object alive.
    var pointer: UnsafeMutableRawPointer { unsafe Unmanaged.passUnretained(self).toOpaque() }

    /// Nothing has been written, not even a header.
    var isEmpty: Bool { length == 0 }

    /// Gives the file its name.
    func commit() throws(SystemError) { try file.take()?.commit() }

    /// The functions that libsndfile calls.
    static var calls: SF_VIRTUAL_IO {
        unsafe SF_VIRTUAL_IO(
            get_filelen: { unsafe sf_count_t(FileUnderWriter.at($0).length) },
            seek: { offset, whence, file in unsafe FileUnderWriter.at(file).seek(to: Int(offset), from: whence) },
            read: { _, _, _ in 0 },
            write: { source, count, file in unsafe FileUnderWriter.at(file).write(source, count: Int(count)) },
            tell: { unsafe sf_count_t(FileUnderWriter.at($0).position) })
    }

    private static func at(_ pointer: UnsafeMutableRawPointer?) -> FileUnderWriter {
        guard let pointer = unsafe pointer else { preconditionFailure("libsndfile lost its user data") }
        return unsafe Unmanaged<FileUnderWriter>.fromOpaque(pointer).takeUnretainedValue()
    }

    private func seek(to offset: Int, from whence: CInt) -> sf_count_t {
        // stdio's SEEK_SET, SEEK_CUR and SEEK_END.
        position = max([0, position, length][Int(min(max(whence, 0), 2))] + offset, 0)
        return sf_count_t(position)
    }

    private func write(_ source: UnsafeRawPointer?, count: Int) -> sf_count_t {
        guard let source = unsafe source, count > 0, failure == nil else { return 0 }
        let bytes = unsafe Array(UnsafeRawBufferPointer(start: source, count: count))
        do throws(SystemError) {
            try put(bytes.span)
        } catch {
            failure = error
            return 0
        }
        position += count
        length = max(length, position)
        return sf_count_t(count)
    }

    /// At the end by a plain write, which devices take too; elsewhere over what is there.
    private func put(_ bytes: Span<UInt8>) throws(SystemError) {
        if position > length {
            let hole = [UInt8](repeating: 0, count: position - length)
            try append(hole.span)
            length = position
        }
        guard position < length else { return try append(bytes) }
        let inside = min(bytes.count, length - position)
        try file?.overwrite(bytes.extracting(first: inside), at: position)
        try append(bytes.extracting(droppingFirst: inside))
    }

    private func append(_ bytes: Span<UInt8>) throws(SystemError) {
        if file == nil { passing.append(copying: bytes) }
        try file?.write(bytes)
    }
}
