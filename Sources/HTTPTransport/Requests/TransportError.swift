/// An exchange with a server that did not come to its end.
///
/// What a server answers is never an error here, whatever its status.
package struct TransportError: Error, Equatable, Sendable {
    /// The kind of failure.
    package let kind: Kind
    /// What went wrong, without any secret.
    package let message: String

    /// The kinds of failures.
    package enum Kind: String, Sendable {
        /// The address is no address, or the settings cannot be used.
        case unusable
        /// The host's name is not known.
        case unresolved
        /// Nobody answers at the address.
        case unreachable
        /// The server's certificate is not to be trusted, or the two sides cannot agree.
        case insecure
        /// A limit of time was passed.
        case timedOut
        /// The connection broke before the answer was whole.
        case broken
        /// A file that was to be sent could not be read.
        case unreadable
        /// The answer is larger than a limit.
        case tooLarge
        /// The task was cancelled.
        case cancelled
    }

    package init(_ kind: Kind, _ message: String) {
        self.kind = kind
        self.message = message
    }

    /// Whether the same request may fare better later.
    package var mayPass: Bool {
        switch kind {
        case .unresolved, .unreachable, .timedOut, .broken: true
        case .unusable, .insecure, .unreadable, .tooLarge, .cancelled: false
        }
    }

    static let cancelled = TransportError(.cancelled, "the task was cancelled")
}

extension TransportError: CustomStringConvertible {
    package var description: String { message }
}
