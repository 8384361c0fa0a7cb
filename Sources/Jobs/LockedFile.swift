internal import Platform
internal import Synchronization

/// A file of lines that one process works on, with the place of each line by its key: memory grows by keys, not by lines.
final class LockedFile: Sendable {
    private let file: Mutex<OpenFile>
    private let places: Mutex<[String: Range<Int>]>

    init(_ path: String, isFresh: Bool) throws(SystemError) {
        let file = try OpenFile(updating: path)
        try file.lock()
        if isFresh { try file.truncate(to: 0) }
        let (places, end) = try Self.places(in: file)
        // Half a line would become the beginning of the next.
        try file.truncate(to: end)
        self.file = Mutex(file)
        self.places = Mutex(places)
    }

    /// Lets another work on the file; nothing is written here from then on.
    func release() { file.withLock { $0.unlock() } }

    var count: Int { places.withLock { $0.count } }

    func line(for key: String) -> [UInt8]? {
        guard let place = places.withLock({ $0[key] }) else { return nil }
        return file.withLock { try? $0.bytes(from: place.lowerBound, count: place.count) }
    }

    func append(_ line: [UInt8], for key: String) throws(SystemError) {
        let place = try file.withLock { file throws(SystemError) in
            let start = try file.byteCount()
            try file.overwrite(line.span, at: start)
            try file.synchronize()
            return start..<start + line.count
        }
        places.withLock { $0[key] = place }
    }

    static func remove(_ path: String, folder: String) throws(SystemError) {
        try OpenFile.remove(path, andFolder: folder)
    }

    /// The most bytes of one line.
    private static let longestLine = 16 << 20

    /// Where the lines are that are whole, and where the last whole line ends.
    private static func places(in file: borrowing OpenFile) throws(SystemError) -> ([String: Range<Int>], end: Int) {
        var places: [String: Range<Int>] = [:]
        var (start, read) = (0, 0)
        var line: [UInt8] = []
        while true {
            let bytes = try file.bytes(from: read, count: 65_536)
            guard !bytes.isEmpty else { return (places, start) }
            read += bytes.count
            for byte in bytes {
                if line.count < longestLine { line.append(byte) }
                guard byte == 0x0A else { continue }
                if let key = key(of: line) { places[key] = start..<start + line.count - 1 }
                start += line.count
                line = []
            }
        }
    }

    /// The key of a line that may be one of ours: it begins with it, and ends as an object does.
    private static func key(of line: [UInt8]) -> String? {
        let head = Array("{\"key\":\"".utf8)
        guard line.starts(with: head), line.dropLast().last == 0x7D else { return nil }
        let key = line.dropFirst(head.count).prefix { $0 != 0x22 }
        return key.count == 64 ? String(decoding: key, as: UTF8.self) : nil
    }
}
