#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// A file open for reading or writing, closed when it goes away.
package struct OpenFile: ~Copyable, Sendable {
    /// What messages call it.
    package let name: String
    package let descriptor: Int32
    private let isOwned: Bool
    /// Reading and writing may wait for somebody else, and end when the task is cancelled.
    package let mayWait: Bool

    /// Opens a file for reading.
    package init(reading path: String) throws(SystemError) {
        try self.init(path, flags: O_RDONLY | O_NONBLOCK)
    }

    /// Takes over a descriptor that someone opened, or only borrows it.
    package init(descriptor: Int32, name: String, closing isOwned: Bool = true, mayWait: Bool = false) {
        self.name = name
        self.descriptor = descriptor
        self.isOwned = isOwned
        self.mayWait = mayWait
    }

    /// Borrows one of the process's own, which waits for somebody else unless it is a file.
    private init(standard descriptor: Int32, name: String) {
        let isFile = Self.information(descriptor).st_mode & S_IFMT == S_IFREG
        self.init(descriptor: descriptor, name: name, closing: false, mayWait: !isFile)
    }

    /// Opens a pipe or a device for writing; waits for a reader of a pipe in a way that ends with the task.
    init(writingInPlace path: String) throws(SystemError) {
        while true {
            do throws(SystemError) {
                try self.init(path, flags: O_WRONLY | O_NONBLOCK)
                return
            } catch {
                guard error.number == ENXIO, Self.isPipe(path) else { throw error }
                guard !Task.isCancelled else { throw SystemError("open", number: ECANCELED, subject: path) }
                usleep(50_000)
            }
        }
    }

    private static func isPipe(_ path: String) -> Bool {
        var information = stat()
        return unsafe stat(path, &information) == 0 && information.st_mode & S_IFMT == S_IFIFO
    }

    init(_ path: String, flags: Int32, mode: mode_t = 0o666) throws(SystemError) {
        let descriptor = try Self.open(path, flags: flags, mode: mode)
        let isPipe = lseek(descriptor, 0, SEEK_CUR) < 0
        // Only the opening must not wait for a writer: reading waits in a way that can be cancelled.
        _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) & ~O_NONBLOCK)
        self.init(descriptor: descriptor, name: path, mayWait: isPipe)
    }

    deinit {
        if isOwned { _ = close(descriptor) }
    }

    /// The process's standard input.
    package static var standardInput: OpenFile {
        OpenFile(standard: 0, name: "standard input")
    }
    /// The process's standard output.
    package static var standardOutput: OpenFile {
        OpenFile(standard: 1, name: "standard output")
    }
}

extension OpenFile {
    /// Whether positions mean anything: true for files, false for pipes and terminals.
    package var isSeekable: Bool { lseek(descriptor, 0, SEEK_CUR) >= 0 }

    /// Appends at most `count` bytes to the buffer and returns how many came: none at the end of the file.
    package func read(upTo count: Int, appendingTo buffer: inout [UInt8]) throws(SystemError) -> Int {
        try wait(for: POLLIN)
        var failure: SystemError?
        var received = 0
        buffer.append(addingCapacity: count) { free in
            unsafe free.withUnsafeMutableBufferPointer { target, initialized in
                var result = unsafe systemRead(descriptor, target.baseAddress, target.count)
                while result < 0 && errno == EINTR {
                    result = unsafe systemRead(descriptor, target.baseAddress, target.count)
                }
                if result < 0 { failure = SystemError("read", subject: name) }
                received = max(result, 0)
                initialized = received
            }
        }
        if let failure { throw failure }
        return received
    }

    /// All bytes of a file.
    ///
    /// - Throws: `EFBIG` for a file that is larger than a limit.
    package static func contents(of path: String, limit: Int) throws(SystemError) -> [UInt8] {
        try OpenFile(reading: path).readAll(limit: limit)
    }

    /// All bytes that are still to be read.
    ///
    /// - Throws: `EFBIG` for more than a limit.
    package func readAll(limit: Int) throws(SystemError) -> [UInt8] {
        var bytes: [UInt8] = []
        while try read(upTo: 65_536, appendingTo: &bytes) > 0 {
            guard bytes.count <= limit else { throw SystemError("read", number: EFBIG, subject: name) }
        }
        return bytes
    }

    /// The bytes from a place in a file on, fewer at its end; leaves the place of the next read alone.
    package func bytes(from offset: Int, count: Int) throws(SystemError) -> [UInt8] {
        var failure: SystemError?
        let bytes = [UInt8](capacity: count) { free in
            unsafe free.withUnsafeMutableBufferPointer { target, initialized in
                do throws(SystemError) {
                    var read = 1
                    while initialized < count, read > 0 {
                        let rest = unsafe UnsafeMutableRawBufferPointer(
                            rebasing: UnsafeMutableRawBufferPointer(target)[initialized...])
                        read = try unsafe copy(from: offset + initialized, to: rest)
                        initialized += read
                    }
                } catch {
                    failure = error
                }
            }
        }
        if let failure { throw failure }
        return bytes
    }

    /// How many bytes a file has.
    ///
    /// - Throws: for a pipe or a device, which have no length.
    package func byteCount() throws(SystemError) -> Int {
        let information = Self.information(descriptor)
        guard information.st_mode & S_IFMT == S_IFREG else {
            throw SystemError("fstat", number: ESPIPE, subject: name)
        }
        return Int(information.st_size)
    }

    /// Copies bytes from a place in a file and returns how many there were; leaves the place of the next read alone.
    package func copy(from offset: Int, to target: UnsafeMutableRawBufferPointer) throws(SystemError) -> Int {
        var count = unsafe pread(descriptor, target.baseAddress, target.count, off_t(offset))
        while count < 0 && errno == EINTR {
            count = unsafe pread(descriptor, target.baseAddress, target.count, off_t(offset))
        }
        guard count >= 0 else { throw SystemError("pread", subject: name) }
        return count
    }

    /// Writes every byte.
    package func write(_ bytes: Span<UInt8>) throws(SystemError) {
        var rest = bytes
        while !rest.isEmpty {
            try wait(for: POLLOUT)
            // What a ready pipe takes at least without waiting (POSIX, PIPE_BUF).
            let piece = mayWait ? rest.extracting(first: min(rest.count, Int(PIPE_BUF))) : rest
            let written = unsafe piece.withUnsafeBytes { unsafe systemWrite(descriptor, $0.baseAddress, $0.count) }
            guard written >= 0 || errno == EINTR else { throw SystemError("write", subject: name) }
            rest = rest.extracting(droppingFirst: max(written, 0))
        }
    }

    /// Writes bytes over those at an offset and leaves the place of the next write alone.
    package func overwrite(_ bytes: Span<UInt8>, at offset: Int) throws(SystemError) {
        var rest = bytes
        var place = offset
        while !rest.isEmpty {
            let written = unsafe rest.withUnsafeBytes {
                unsafe pwrite(descriptor, $0.baseAddress, $0.count, off_t(place))
            }
            guard written >= 0 || errno == EINTR else { throw SystemError("pwrite", subject: name) }
            rest = rest.extracting(droppingFirst: max(written, 0))
            place += max(written, 0)
        }
    }

    /// Waits until a read or a write would not, looking ten times a second whether the task is cancelled.
    private func wait(for events: Int32) throws(SystemError) {
        guard mayWait else { return }
        var watched = pollfd(fd: descriptor, events: Int16(events), revents: 0)
        while unsafe systemPoll(&watched, 1, 100) <= 0 {
            guard !Task.isCancelled else { throw SystemError("poll", number: ECANCELED, subject: name) }
        }
        guard !Task.isCancelled else { throw SystemError("poll", number: ECANCELED, subject: name) }
    }

    private static func open(_ path: String, flags: Int32, mode: mode_t = 0) throws(SystemError) -> Int32 {
        let descriptor = systemOpen(path, flags | O_CLOEXEC, mode)
        guard descriptor >= 0 else { throw SystemError("open", subject: path) }
        guard information(descriptor).st_mode & S_IFMT != S_IFDIR else {
            _ = close(descriptor)
            throw SystemError("open", number: EISDIR, subject: path)
        }
        return descriptor
    }

    private static func information(_ descriptor: Int32) -> stat {
        var information = stat()
        _ = unsafe fstat(descriptor, &information)
        return information
    }
}
