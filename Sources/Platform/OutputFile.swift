#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// A file that appears whole or not at all.
///
/// Bytes go to a hidden name in the same folder; ``commit()`` renames it. An output that is dropped before that, by an
/// error or a cancelled task, leaves nothing behind. Devices and pipes are written in place.
package struct OutputFile: ~Copyable, Sendable {
    private let file: OpenFile
    private let finalPath: String
    private let temporaryPath: String?

    /// Prepares to write the file at `path`, following links.
    package init(_ path: String) throws(SystemError) {
        let target = Self.resolved(path)
        finalPath = target
        guard Self.isReplaceable(target) else {
            file = try OpenFile(writingInPlace: target)
            temporaryPath = nil
            return
        }
        let temporary = Self.hiddenName(for: target)
        do throws(SystemError) {
            file = try OpenFile(temporary, flags: O_RDWR | O_CREAT | O_EXCL)
        } catch {
            throw SystemError(error.function, number: error.number, subject: path)
        }
        temporaryPath = temporary
        Self.open(file.descriptor, as: target)
    }

    /// Writes a whole file.
    package static func write(_ bytes: Span<UInt8>, to path: String) throws(SystemError) {
        let file = try OutputFile(path)
        try file.write(bytes)
        try file.commit()
    }

    /// The same name, for every folder.
    package static func absolute(_ path: String) -> String {
        guard !path.hasPrefix("/"), let folder = unsafe getcwd(nil, 0) else { return path }
        defer { unsafe free(folder) }
        return unsafe String(cString: folder) + "/" + path
    }

    /// Throws what would be wrong with writing a file, before there is anything to write.
    package static func check(_ path: String) throws(SystemError) {
        let folder = path.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
        let place = folder.isEmpty ? (path.hasPrefix("/") ? "/" : ".") : folder
        guard unsafe access(place, W_OK) == 0 else { throw SystemError("access", subject: path) }
        var information = stat()
        guard unsafe stat(path, &information) != 0 || information.st_mode & S_IFMT != S_IFDIR else {
            throw SystemError("open", number: EISDIR, subject: path)
        }
    }

    /// Whether something has a name already.
    package static func isTaken(_ path: String) -> Bool {
        var information = stat()
        return unsafe lstat(path, &information) == 0
    }

    /// Makes the folder of a file, and those above it.
    package static func makeFolder(for path: String) throws(SystemError) {
        var folder = path.hasPrefix("/") ? "" : "."
        for part in path.split(separator: "/").dropLast() {
            folder += "/\(part)"
            guard unsafe mkdir(folder, 0o777) != 0, errno != EEXIST else { continue }
            throw SystemError("mkdir", subject: folder)
        }
    }

    /// The process's standard output, which is written in place.
    package static var standardOutput: OutputFile { OutputFile(writingInPlace: .standardOutput) }

    private init(writingInPlace file: consuming OpenFile) {
        finalPath = file.name
        temporaryPath = nil
        self.file = file
    }

    deinit {
        if let temporaryPath { _ = unsafe unlink(temporaryPath) }
    }

    /// Whether bytes already written can be changed: not in pipes and devices, nor in a file that the shell opened.
    package var isSeekable: Bool { temporaryPath != nil }

    /// Writes every byte at the end.
    package func write(_ bytes: Span<UInt8>) throws(SystemError) { try file.write(bytes) }

    /// Writes bytes over those at an offset.
    package func overwrite(_ bytes: Span<UInt8>, at offset: Int) throws(SystemError) {
        try file.overwrite(bytes, at: offset)
    }

    /// Gives the file its name, replacing what had it, once its bytes are on the disk: a name must not outlive a power
    /// failure that its bytes did not.
    package consuming func commit() throws(SystemError) { try commit(as: finalPath) }

    /// The same under another name on the same disk, where it became known only while the file was written.
    package consuming func commit(as path: String) throws(SystemError) {
        guard let temporaryPath else { return }
        let target = Self.resolved(path)
        guard Self.isReplaceable(target) else { throw SystemError("rename", number: EINVAL, subject: path) }
        guard fsync(file.descriptor) == 0 else { throw SystemError("fsync", subject: path) }
        Self.open(file.descriptor, as: target)
        guard unsafe rename(temporaryPath, target) == 0 else { throw SystemError("rename", subject: path) }
    }

    /// Gives a whole file another name on the same disk, replacing what had it.
    package static func move(_ path: String, to target: String) throws(SystemError) {
        let target = resolved(target)
        guard unsafe rename(path, target) == 0 else { throw SystemError("rename", subject: target) }
    }

    /// What replaces a file is as open to others as that was.
    private static func open(_ descriptor: Int32, as path: String) {
        var former = stat()
        if unsafe stat(path, &former) == 0 { fchmod(descriptor, former.st_mode & 0o7777) }
    }

    /// Where the bytes are until then, for a program that writes them; nil for what is written in place.
    package var placeOfBytes: String? { temporaryPath }

    /// Whether two names are of one file.
    package static func areSame(_ path: String, _ other: String) -> Bool {
        var (first, second) = (stat(), stat())
        guard unsafe stat(path, &first) == 0, unsafe stat(other, &second) == 0 else { return false }
        return first.st_dev == second.st_dev && first.st_ino == second.st_ino
    }

    /// Whether a path is a file, or may become one: nothing else is replaced.
    package static func mayBecomeFile(_ path: String) -> Bool { isReplaceable(resolved(path)) }

    /// Whether a path is a folder that exists.
    package static func isFolder(_ path: String) -> Bool {
        var information = stat()
        return unsafe stat(path, &information) == 0 && information.st_mode & S_IFMT == S_IFDIR
    }
}

extension OutputFile {
    /// A path without links, so that the rename replaces the file and not a link to it.
    private static func resolved(_ path: String) -> String {
        guard let real = unsafe realpath(path, nil) else { return path }
        defer { unsafe free(real) }
        return unsafe String(cString: real)
    }

    private static func isReplaceable(_ path: String) -> Bool {
        var information = stat()
        guard unsafe stat(path, &information) == 0 else { return true }
        return information.st_mode & S_IFMT == S_IFREG
    }

    /// A name in the same folder that is short, since the file's own may be as long as names can be.
    private static func hiddenName(for path: String) -> String {
        let cut = path.lastIndex(of: "/").map { path.index(after: $0) } ?? path.startIndex
        return path[..<cut] + ".oriole-" + String(UInt64.random(in: 0...UInt64.max), radix: 36) + ".part"
    }
}
