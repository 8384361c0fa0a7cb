#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// A file of one's own in the folder for temporary files, removed when it goes away.
package struct TemporaryFile: ~Copyable, Sendable {
    /// Where it is.
    package let path: String
    /// The open file, for reading and writing.
    package let file: OpenFile

    /// Makes an empty file whose name ends with `suffix`.
    package init(suffix: String = "") throws(SystemError) {
        let folder = Environment.value("TMPDIR") ?? "/tmp"
        path = "\(folder)/oriole-\(String(UInt64.random(in: 0...UInt64.max), radix: 36))\(suffix)"
        file = try OpenFile(path, flags: O_RDWR | O_CREAT | O_EXCL, mode: 0o600)
        Remains.add(path: path)
    }

    /// Makes one that holds some bytes.
    package static func holding(_ bytes: Span<UInt8>, suffix: String = "") throws(SystemError) -> TemporaryFile {
        let made = try TemporaryFile(suffix: suffix)
        try made.file.write(bytes)
        return made
    }

    deinit {
        _ = unsafe unlink(path)
        Remains.remove(path: path)
    }
}
