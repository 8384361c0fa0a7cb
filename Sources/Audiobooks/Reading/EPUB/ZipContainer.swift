internal import CArchive
internal import Platform

/// A zip file whose parts are read by name, with limits that no honest book meets.
struct ZipContainer {
    private let path: String
    /// The names of all files in it.
    let names: Set<String>

    /// How many files there may be.
    static let mostFiles = 20_000
    /// How many bytes one of them may have.
    static let mostBytesOfFile = 64 << 20
    /// How many bytes may be taken out at once.
    static let mostBytes = 512 << 20

    /// Looks at the names.
    ///
    /// - Throws: `malformedInput` for what is no zip file, or has names that lead out of it; `limitExceeded`; `unsupported` for one
    ///   that is locked.
    init(_ path: String) throws(BookError) {
        self.path = path
        var names: Set<String> = []
        var count = 0
        try Self.walk(path) { entry throws(BookError) in
            count += 1
            guard count <= Self.mostFiles else {
                throw BookError(.limitExceeded, "\(path) holds more than \(Self.mostFiles) files")
            }
            guard Self.staysInside(entry.name) else {
                throw BookError(
                    .malformedInput, "\(path) holds a file whose name leads out of it: ‘\(entry.name.prefix(60))’")
            }
            guard !entry.isEncrypted else {
                throw BookError(.unsupported, "\(path) is locked with a password", remedy: "unlock it first")
            }
            names.insert(entry.name)
            return nil
        }
        self.names = names
    }

    /// The bytes of some files, by their names; what is not there is left out.
    func files(_ wanted: Set<String>) throws(BookError) -> [String: [UInt8]] {
        var files: [String: [UInt8]] = [:]
        var total = 0
        try Self.walk(path) { entry throws(BookError) in
            guard wanted.contains(entry.name), files[entry.name] == nil else { return nil }
            files[entry.name] = []
            return { bytes throws(BookError) in
                files[entry.name, default: []] += bytes
                total += bytes.count
                guard files[entry.name, default: []].count <= Self.mostBytesOfFile, total <= Self.mostBytes else {
                    throw BookError(
                        .limitExceeded,
                        "\(entry.name) of \(path) unpacks to more than \(Self.mostBytesOfFile >> 20) MiB, or all to more than \(Self.mostBytes >> 20)"
                    )
                }
            }
        }
        return files
    }

    /// The bytes of one file.
    func file(_ name: String) throws(BookError) -> [UInt8]? { try files([name])[name] }

    /// A name that is a way down from the root, whoever unpacks it.
    private static func staysInside(_ name: String) -> Bool {
        !name.isEmpty && !name.hasPrefix("/") && !name.contains("\\") && !name.contains("\0")
            && !name.split(separator: "/").contains("..") && name.prefixMatch(of: /[A-Za-z]:/) == nil
    }
}

extension ZipContainer {
    private struct Entry {
        let name: String
        let isEncrypted: Bool
    }

    private typealias Take = ([UInt8]) throws(BookError) -> Void

    /// Visits every file; a visitor that wants its bytes returns what takes them.
    private static func walk(
        _ path: String, _ visit: (Entry) throws(BookError) -> Take?
    ) throws(BookError) {
        let former = unsafe oriole_archive_use_utf8()
        defer { unsafe oriole_archive_restore(former) }
        guard let archive = unsafe archive_read_new() else { preconditionFailure("there is no memory left") }
        defer { _ = unsafe archive_read_free(archive) }
        unsafe archive_read_support_format_zip(archive)
        try unsafe check(archive_read_open_filename(archive, path, 65_536), archive, path)
        var entry: OpaquePointer?
        while true {
            let status = unsafe archive_read_next_header(archive, &entry)
            if status == ARCHIVE_EOF { return }
            // A name that is no UTF-8 is a warning: the file can be read.
            if status != ARCHIVE_WARN { try unsafe check(status, archive, path) }
            guard let found = unsafe entry, let name = unsafe archive_entry_pathname(found),
                unsafe oriole_archive_is_file(found) != 0
            else { continue }
            let seen = unsafe Entry(
                name: String(cString: name), isEncrypted: archive_entry_is_encrypted(found) != 0)
            if let take = try visit(seen) { try unsafe read(archive, path, take) }
        }
    }

    private static func read(_ archive: OpaquePointer, _ path: String, _ take: Take) throws(BookError) {
        while true {
            var status = 0
            let bytes = [UInt8](capacity: 65_536) { free in
                unsafe free.withUnsafeMutableBufferPointer { target, initialized in
                    status = unsafe archive_read_data(archive, target.baseAddress, target.count)
                    initialized = max(status, 0)
                }
            }
            guard status != 0 else { return }
            if status < 0 { try unsafe check(CInt(clamping: status), archive, path) }
            try take(bytes)
        }
    }

    private static func check(_ status: CInt, _ archive: OpaquePointer, _ path: String) throws(BookError) {
        guard status != ARCHIVE_OK else { return }
        let said = unsafe archive_error_string(archive).map { unsafe String(cString: $0) } ?? "it is broken"
        throw BookError(.malformedInput, "\(path) cannot be unpacked: \(said)")
    }
}
