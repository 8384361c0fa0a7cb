internal import Synchronization

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// Held while a pipe is not yet marked to be closed in other programs, and while a program starts.
let starting = Mutex(())

/// Both ends of a pipe, closed in programs that we start unless they are handed over.
package struct Pipe: ~Copyable, Sendable {
    package let reading: OpenFile
    package let writing: OpenFile

    package init() throws(SystemError) {
        var ends: [Int32] = [-1, -1]
        let failure = starting.withLock { _ -> SystemError? in
            let status = unsafe ends.withUnsafeMutableBufferPointer { unsafe pipe($0.baseAddress) }
            guard status == 0 else { return SystemError("pipe", subject: "a pipe") }
            for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
            return nil
        }
        if let failure { throw failure }
        reading = OpenFile(descriptor: ends[0], name: "a pipe")
        writing = OpenFile(descriptor: ends[1], name: "a pipe")
    }

    /// Keeps the end that we read and closes the other.
    consuming func takeReading() -> OpenFile { reading }

    /// Keeps the end that we write to and closes the other.
    package consuming func takeWriting() -> OpenFile { writing }
}
