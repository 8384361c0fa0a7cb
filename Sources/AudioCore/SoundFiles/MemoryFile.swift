internal import CSndFile

/// Bytes that libsndfile reads as if they were a file.
final class MemoryFile {
    private let bytes: [UInt8]
    private var position = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// What the calls below get as their user data; the reader keeps the object alive.
    var pointer: UnsafeMutableRawPointer { unsafe Unmanaged.passUnretained(self).toOpaque() }

    /// The functions that libsndfile calls.
    static var calls: SF_VIRTUAL_IO {
        unsafe SF_VIRTUAL_IO(
            get_filelen: { unsafe sf_count_t(MemoryFile.at($0).bytes.count) },
            seek: { offset, whence, file in unsafe MemoryFile.at(file).seek(to: Int(offset), from: whence) },
            read: { target, count, file in unsafe MemoryFile.at(file).read(into: target, count: Int(count)) },
            write: { _, _, _ in 0 },
            tell: { unsafe sf_count_t(MemoryFile.at($0).position) })
    }

    private static func at(_ pointer: UnsafeMutableRawPointer?) -> MemoryFile {
        guard let pointer = unsafe pointer else { preconditionFailure("libsndfile lost its user data") }
        return unsafe Unmanaged<MemoryFile>.fromOpaque(pointer).takeUnretainedValue()
    }

    private func seek(to offset: Int, from whence: CInt) -> sf_count_t {
        // stdio's SEEK_SET, SEEK_CUR and SEEK_END.
        let origin = [0, position, bytes.count][Int(min(max(whence, 0), 2))]
        position = min(max(origin.addingReportingOverflow(offset).partialValue, 0), bytes.count)
        return sf_count_t(position)
    }

    private func read(into target: UnsafeMutableRawPointer?, count: Int) -> sf_count_t {
        let available = min(max(count, 0), bytes.count - position)
        unsafe bytes.withUnsafeBytes { source in
            guard let target = unsafe target, let base = source.baseAddress else { return }
            unsafe target.copyMemory(from: base + position, byteCount: available)
        }
        position += available
        return sf_count_t(available)
    }
}
