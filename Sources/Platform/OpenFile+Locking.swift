#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

extension OpenFile {
    /// Opens a file for reading and writing, making it when there is none.
    package init(updating path: String) throws(SystemError) { try self.init(path, flags: O_RDWR | O_CREAT) }

    /// Keeps other processes away that want the same, until the file is closed.
    ///
    /// - Throws: `EWOULDBLOCK` while another has it.
    package func lock() throws(SystemError) {
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else { throw SystemError("flock", subject: name) }
    }

    /// Lets others lock the file, though it stays open here.
    package func unlock() { _ = flock(descriptor, LOCK_UN) }

    /// Cuts a file off.
    package func truncate(to count: Int) throws(SystemError) {
        guard ftruncate(descriptor, off_t(count)) == 0 else { throw SystemError("ftruncate", subject: name) }
    }

    /// Returns when what was written is on the disk.
    package func synchronize() throws(SystemError) {
        guard fsync(descriptor) == 0 else { throw SystemError("fsync", subject: name) }
    }

    /// Removes all files in a folder but some: what a process that was killed has left there.
    package static func removeFiles(in folder: String, but kept: Set<String>) {
        guard let entries = unsafe opendir(folder) else { return }
        defer { unsafe closedir(entries) }
        while let entry = unsafe readdir(entries) {
            let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                unsafe pointer.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
            }
            if !kept.contains(name) { _ = unsafe unlink("\(folder)/\(name)") }
        }
    }

    /// Removes a file, if it is there, and a folder when nothing else is in it.
    package static func remove(_ path: String, andFolder folder: String? = nil) throws(SystemError) {
        guard unsafe unlink(path) == 0 || errno == ENOENT else { throw SystemError("unlink", subject: path) }
        if let folder { _ = unsafe rmdir(folder) }
    }
}
