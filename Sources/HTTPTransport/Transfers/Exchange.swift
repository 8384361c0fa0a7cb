internal import CCurl

/// What a task has the event thread do: shared by both.
protocol Exchange: AnyObject, Sendable {
    /// Begins it, on the event thread.
    func activate(at now: ContinuousClock.Instant) throws(TransportError) -> any ActiveExchange

    /// Tells whoever waits for it that it has failed.
    func fail(_ error: TransportError)
}

/// An exchange on the event thread: libcurl works on it, or its bytes are moved here, or first one and then the other.
protocol ActiveExchange: AnyObject {
    /// What it is the other half of.
    var exchange: any Exchange { get }

    /// Goes on, since the task wants it to.
    func goOn()

    /// When to look again whether it is overdue.
    func nextLook(after now: ContinuousClock.Instant) -> ContinuousClock.Instant

    /// Why it must end, when nothing has moved for too long.
    func overdue(at now: ContinuousClock.Instant) -> TransportError?
}

/// An exchange that libcurl works on.
protocol CurlExchange: ActiveExchange {
    /// libcurl's handle.
    var easy: UnsafeMutableRawPointer { get }

    /// libcurl has done its part; what remains to be watched is returned.
    func end(_ code: CURLcode) -> (any WatchedExchange)?
}

/// An exchange whose bytes go past libcurl's own machinery.
protocol WatchedExchange: ActiveExchange {
    /// Where its bytes come and go.
    var socket: Int32 { get }
    /// What is waited for.
    var interest: SocketInterest { get }

    /// Moves what can be moved; false at the end.
    func work() -> Bool
}
