package import Platform

/// Bytes for an incremental reader, pulled piece by piece.
package struct ByteSource: ~Copyable {
    private let file: OpenFile
    private var waiting: [UInt8]

    package static let pieceByteCount = 32_768

    /// Reads a file from where it stands, after bytes that were read from it before.
    package init(_ file: consuming OpenFile, after first: [UInt8] = []) {
        self.file = file
        waiting = first
    }

    /// Leaves the next bytes in the buffer; none at the end.
    package mutating func next(into buffer: inout [UInt8]) throws(AudioError) {
        buffer.removeAll(keepingCapacity: true)
        if !waiting.isEmpty {
            swap(&buffer, &waiting)
            return
        }
        do throws(SystemError) {
            _ = try file.read(upTo: Self.pieceByteCount, appendingTo: &buffer)
        } catch {
            throw AudioError(error)
        }
    }
}
