internal import Platform

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// A folder of a test's own, removed with all that is in it.
package struct ScratchFolder: ~Copyable {
    package let path: String

    package init() {
        path = (Environment.value("TMPDIR") ?? "/tmp") + "/oriole-test-\(UInt64.random(in: 0...UInt64.max))"
        guard unsafe mkdir(path, 0o700) == 0 else { preconditionFailure("cannot make \(path)") }
    }

    deinit {
        for name in names { _ = unsafe unlink("\(path)/\(name)") }
        _ = unsafe rmdir(path)
    }

    /// A path in the folder.
    package func file(_ name: String) -> String { "\(path)/\(name)" }

    /// What is in the folder, hidden files too.
    package var names: [String] {
        guard let folder = unsafe opendir(path) else { return [] }
        defer { _ = unsafe closedir(folder) }
        var names: [String] = []
        while let entry = unsafe readdir(folder) {
            let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                unsafe pointer.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
            }
            if name != "." && name != ".." { names.append(name) }
        }
        return names.sorted()
    }
}

/// The bytes of a file.
package func contents(of path: String) throws -> [UInt8] {
    let file = try OpenFile(reading: path)
    var bytes: [UInt8] = []
    while try file.read(upTo: 1 << 20, appendingTo: &bytes) > 0 {}
    return bytes
}

/// Makes a file.
package func write(_ bytes: [UInt8], to path: String) throws {
    let file = try OutputFile(path)
    try file.write(bytes.span)
    try file.commit()
}
