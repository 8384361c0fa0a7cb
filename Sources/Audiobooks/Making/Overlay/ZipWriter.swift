internal import AudioCore
internal import Platform

/// Writes a zip file whose parts are stored as they are: books hold sound, which is packed already, and a little text.
///
/// libarchive writes the owner and the hour into every part, which the first part of an EPUB must not have.
struct ZipWriter: ~Copyable {
    private let file: OutputFile
    private var entries: [Entry] = []
    private var position = 0

    private struct Entry {
        let name: [UInt8]
        let checksum: UInt32
        let byteCount: Int
        let start: Int
    }

    /// The most bytes of such a file.
    private static let mostBytes = Int(UInt32.max)

    init(_ path: String) throws(AudioError) {
        file = try withAudioErrors { () throws(SystemError) in try OutputFile(path) }
    }

    /// Adds a part of text.
    mutating func add(_ text: String, as name: String) throws(AudioError) { try add(Array(text.utf8), as: name) }

    /// Adds a part.
    mutating func add(_ bytes: [UInt8], as name: String) throws(AudioError) {
        var checksum = CyclicChecksum()
        checksum.update(bytes.span)
        try begin(name, checksum.value, bytes.count)
        try write(bytes)
    }

    /// Adds a part out of a file of any length.
    mutating func add(file path: String, as name: String) throws(AudioError) {
        var checksum = CyclicChecksum()
        var count = 0
        try Self.read(path) { bytes throws(AudioError) in
            checksum.update(bytes.span)
            count += bytes.count
        }
        try begin(name, checksum.value, count)
        try Self.read(path) { bytes throws(AudioError) in try write(bytes) }
    }

    /// Writes the list of parts and gives the file its name.
    consuming func finish() throws(AudioError) {
        let start = position
        for entry in entries {
            var head: [UInt8] = []
            head.append(littleEndian: UInt32(0x0201_4B50))
            head.append(littleEndian: UInt16(20))
            head += Self.head(entry)
            for _ in 0..<3 { head.append(littleEndian: UInt16(0)) }
            head.append(littleEndian: UInt32(0))
            head.append(littleEndian: UInt32(entry.start))
            try write(head + entry.name)
        }
        var tail: [UInt8] = []
        tail.append(littleEndian: UInt32(0x0605_4B50))
        tail.append(littleEndian: UInt32(0))
        for _ in 0..<2 { tail.append(littleEndian: UInt16(entries.count)) }
        tail.append(littleEndian: UInt32(position - start))
        tail.append(littleEndian: UInt32(start))
        tail.append(littleEndian: UInt16(0))
        try write(tail)
        do throws(SystemError) { try file.commit() } catch { throw AudioError(error) }
    }

    private mutating func begin(_ name: String, _ checksum: UInt32, _ count: Int) throws(AudioError) {
        // The list at the end takes as much as all names, twice.
        guard position + count + (entries.count + 2) * 512 < Self.mostBytes, entries.count < Int(UInt16.max) else {
            throw AudioError(
                .limitExceeded, "a book with sound in it has 4 GiB at most", remedy: "fewer chapters (--chapters)")
        }
        let entry = Entry(name: Array(name.utf8), checksum: checksum, byteCount: count, start: position)
        entries.append(entry)
        var head: [UInt8] = []
        head.append(littleEndian: UInt32(0x0403_4B50))
        try write(head + Self.head(entry) + entry.name)
    }

    /// What stands before each part and in the list; the date is the first that there is, so that the same parts give the same file.
    private static func head(_ entry: Entry) -> [UInt8] {
        var head: [UInt8] = []
        head.append(littleEndian: UInt16(20))
        head.append(littleEndian: UInt16(0))
        head.append(littleEndian: UInt16(0))
        head.append(littleEndian: UInt16(0))
        head.append(littleEndian: UInt16(0x21))
        head.append(littleEndian: entry.checksum)
        for _ in 0..<2 { head.append(littleEndian: UInt32(entry.byteCount)) }
        head.append(littleEndian: UInt16(entry.name.count))
        head.append(littleEndian: UInt16(0))
        return head
    }

    private mutating func write(_ bytes: [UInt8]) throws(AudioError) {
        try withAudioErrors { () throws(SystemError) in try file.write(bytes.span) }
        position += bytes.count
    }

    private static func read(_ path: String, _ take: ([UInt8]) throws(AudioError) -> Void) throws(AudioError) {
        let file = try withAudioErrors { () throws(SystemError) in try OpenFile(reading: path) }
        while true {
            var bytes: [UInt8] = []
            let count = try withAudioErrors { () throws(SystemError) in
                try file.read(upTo: 1 << 16, appendingTo: &bytes)
            }
            guard count > 0 else { return }
            try take(bytes)
        }
    }
}

/// The checksum of zip files (CRC-32).
struct CyclicChecksum {
    private var state = UInt32.max

    private static let table: [UInt32] = (0..<256).map { byte in
        (0..<8).reduce(UInt32(byte)) { value, _ in value & 1 == 1 ? value >> 1 ^ 0xEDB8_8320 : value >> 1 }
    }

    mutating func update(_ bytes: Span<UInt8>) {
        for index in bytes.indices {
            state = state >> 8 ^ Self.table[Int(UInt8(truncatingIfNeeded: state) ^ bytes[index])]
        }
    }

    var value: UInt32 { ~state }
}
