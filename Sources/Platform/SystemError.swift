#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// A call to the operating system that failed.
package struct SystemError: Error, Equatable, Sendable {
    /// The function, as its manual spells it.
    package let function: String
    /// The value of `errno` after it.
    package let number: Int32
    /// What it was called for: a path or a program.
    package let subject: String

    package init(_ function: String, number: Int32 = errno, subject: String) {
        self.function = function
        self.number = number
        self.subject = subject
    }

    /// The system's own words for the failure.
    package var text: String { unsafe String(cString: strerror(number)) }

    /// The file or folder is not there.
    package var isNotFound: Bool { number == ENOENT || number == ENOTDIR }

    /// Somebody else has it.
    package var isBusy: Bool { number == EWOULDBLOCK }

    /// Another program listens at the address.
    package var isAddressInUse: Bool { number == EADDRINUSE }

    /// The task was cancelled while the call waited.
    package var isCancellation: Bool { number == ECANCELED }

    /// The file is a folder.
    package var isFolder: Bool { number == EISDIR }

    /// The file is a pipe or a device, which nobody can measure or go back in.
    package var hasNoLength: Bool { number == ESPIPE }

    /// Nobody reads the other end of the pipe.
    package var isBrokenPipe: Bool { number == EPIPE }
}

extension SystemError: CustomStringConvertible {
    package var description: String { "\(subject): \(text) (\(function) failed with \(number))" }
}
