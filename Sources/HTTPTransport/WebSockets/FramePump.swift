/// Moves the bytes of one web socket between its connection and the line that tasks speak and listen on.
final class FramePump {
    let line: WebSocketLine
    private let channel: any ByteChannel
    private var reader: FrameReader
    /// What was taken to be sent, and how much of it has left.
    private var output: [UInt8] = []
    private var sentCount = 0
    private var input = [UInt8](repeating: 0, count: 65_536)
    /// When the other side last gave a sign of life.
    private(set) var lastSign: ContinuousClock.Instant
    /// When it was asked for one.
    private var askedAt: ContinuousClock.Instant?
    /// When the other side last took something of what it is told.
    private var lastTaken: ContinuousClock.Instant
    /// When our last word was said.
    private var farewellAt: ContinuousClock.Instant?
    /// Whether both sides have agreed to a web socket: until then bytes are not frames.
    var isOpen = false

    init(_ line: WebSocketLine, over channel: any ByteChannel, at now: ContinuousClock.Instant) {
        (self.line, self.channel, lastSign, lastTaken) = (line, channel, now, now)
        reader = FrameReader(side: line.side, messageLimit: line.limits.messageByteCount)
    }

    /// What is waited for.
    var interest: SocketInterest {
        var interest: SocketInterest = []
        if !isHeldBack { interest.insert(.reading) }
        if sentCount < output.count { interest.insert(.writing) }
        return interest
    }

    /// Whether the reader has enough before it, or the other side takes nothing of what it is told.
    private var isHeldBack: Bool { isOpen && (line.isPaused || line.isFull) }

    /// Of the other side's questions whether we are there, those are left out that come while so much has not left.
    private static let mostBehindPong = 65_536
    /// So many reads at once: other conversations have their turn.
    private static let mostReads = 16
    /// How long the other side's last word is waited for.
    private static let lastPatience = Duration.seconds(2)

    /// Sends bytes that are no frames.
    func put(_ bytes: [UInt8], at now: ContinuousClock.Instant) {
        output = bytes
        lastSign = now
    }

    /// Moves what can be moved; false at the end.
    ///
    /// What comes goes to `take`, and its end is told to `atEnd`.
    func work(
        _ take: ([UInt8]) throws(TransportError) -> Bool, atEnd: () throws(TransportError) -> Void
    ) -> Bool {
        do throws(TransportError) {
            try send()
            guard try receive(take, atEnd) else {
                // The last word leaves, if it can at once.
                try? send()
                return false
            }
            try send()
            return true
        } catch {
            line.fail(error)
            return false
        }
    }

    private func send() throws(TransportError) {
        while true {
            if sentCount == output.count {
                guard isOpen else { return }
                line.takeFrames(into: &output)
                sentCount = 0
                lastTaken = .now
                guard !output.isEmpty else { return line.note(unsent: 0) }
            }
            let count = unsafe output.withUnsafeBytes { bytes in
                unsafe channel.send(UnsafeRawBufferPointer(rebasing: bytes[sentCount...]))
            }
            guard let count = try count.get() else { break }
            sentCount += count
            if count > 0 { lastTaken = .now }
        }
        line.note(unsent: output.count - sentCount)
    }

    /// Takes what has come; false at the end.
    private func receive(
        _ take: ([UInt8]) throws(TransportError) -> Bool, _ atEnd: () throws(TransportError) -> Void
    ) throws(TransportError) -> Bool {
        // What libcurl has unpacked nobody tells of again.
        for _ in 0..<(channel.hidesBytes ? Int.max : Self.mostReads) where !isHeldBack {
            let received = unsafe input.withUnsafeMutableBytes { unsafe channel.receive(into: $0) }
            guard let count = try received.get() else { return true }
            guard count > 0 else {
                try atEnd()
                return false
            }
            lastSign = .now
            askedAt = nil
            guard try take(Array(input[..<count])) else { return false }
        }
        return true
    }

    /// The other side has ended the connection between frames.
    func endOfFrames() throws(TransportError) {
        guard let farewell = line.farewell else {
            throw TransportError(.broken, "the \(line.otherSide) ended the connection without a word")
        }
        line.end(.success(farewell))
    }

    /// Takes frames; false behind the last.
    func takeFrames(_ bytes: Span<UInt8>) throws(TransportError) -> Bool {
        var last: WebSocketClose?
        do throws(WebSocketViolation) {
            try reader.read(bytes) { event in
                switch event {
                case .message(let message): line.add(message)
                case .ping(let bytes):
                    if line.unsentByteCount <= Self.mostBehindPong {
                        line.add { $0.writePong(bytes, appendingTo: &$1) }
                    }
                case .pong: break
                case .close(let close): last = close
                }
            }
        } catch {
            line.sayFarewell(error.close)
            try? send()
            throw TransportError(
                .broken, "the \(line.otherSide) broke the rules of web sockets: \(error.close.reason)")
        }
        guard let last else { return true }
        line.sayFarewell(WebSocketClose(last.code))
        line.end(.success(last))
        return false
    }
}

// MARK: - Limits

extension FramePump {
    /// When to look again whether the other side is there.
    func nextLook(after now: ContinuousClock.Instant) -> ContinuousClock.Instant {
        if line.farewell != nil {
            farewellAt = farewellAt ?? now
            return max((farewellAt ?? now) + Self.lastPatience, now)
        }
        guard let askedAt, !line.isPaused else { return now + line.limits.idle / 2 }
        return max(askedAt + line.limits.patience, now)
    }

    /// Asks the other side for a sign of life, and gives up one that gives none.
    func overdue(at now: ContinuousClock.Instant) -> TransportError? {
        if let farewell = line.farewell {
            guard let farewellAt, farewellAt + Self.lastPatience <= now else { return nil }
            // Who does not say good-bye has been said it to.
            line.end(.success(farewell))
            return TransportError(.timedOut, "no last word for \(Self.lastPatience)")
        }
        let most = line.limits.idle + line.limits.patience
        if sentCount < output.count, lastTaken + most <= now {
            return TransportError(.timedOut, "the \(line.otherSide) took nothing for \(most)")
        }
        if askedAt == nil, !line.isPaused, lastSign + line.limits.idle <= now {
            line.add { $0.writePing(appendingTo: &$1) }
            askedAt = now
        }
        guard let askedAt, askedAt + line.limits.patience <= now, !line.isPaused else { return nil }
        return TransportError(.timedOut, "no sign of life for \(most)")
    }
}

/// A connection that never waits.
protocol ByteChannel {
    /// Whether bytes may have come that its socket does not tell of.
    var hidesBytes: Bool { get }

    /// Sends what can leave at once, and tells how much; nil for nothing.
    func send(_ bytes: UnsafeRawBufferPointer) -> Result<Int?, TransportError>

    /// Takes what has come, and tells how much: nil for nothing yet, 0 at the end.
    func receive(into bytes: UnsafeMutableRawBufferPointer) -> Result<Int?, TransportError>
}
