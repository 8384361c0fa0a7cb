internal import HTTPTransport
internal import Synchronization

/// What is answered, written on one side and read on the other: at the pace of the reader, and nothing once it has left.
///
/// ```swift
/// answer.begin(200, "audio/mpeg")
/// while let piece = try await speech.next() { try await answer.write(piece) }
/// answer.end()
/// ```
final class Answer: Sendable {
    private let state = Mutex(State())
    private let common: [RequestHead.Field]

    /// Makes an answer that has some fields in any case.
    init(_ common: [RequestHead.Field] = []) { self.common = common }

    /// What comes before the body.
    struct Head: Sendable {
        let status: Int
        let fields: [RequestHead.Field]
        /// How many bytes follow, where that is known before.
        let byteCount: Int?
        /// Whether the connection becomes another thing behind it, which this is given to.
        var isUpgrade = false
    }

    private struct State {
        var head: Head?
        var queue: [UInt8] = []
        var place = 0
        var takenByteCount = 0
        var ending: Ending?
        /// Those who write, and wait until less is queued: the work, and whoever tells that it goes on.
        var writers: [CheckedContinuation<Void, Never>] = []
        /// Who waits for the connection, to speak something else on it.
        var heir: CheckedContinuation<AcceptedSocket?, Never>?
        /// What calls the reader, who found nothing.
        var waiting: (@Sendable () -> Void)?

        var queuedByteCount: Int { queue.count - place }

        mutating func wakeReader() {
            waiting?()
            waiting = nil
        }
    }

    private enum Ending { case whole, broken }

    /// What a reader gets.
    enum Taken: Equatable {
        /// So many bytes.
        case bytes(Int)
        /// Nothing yet: the reader will be called.
        case nothingYet
        /// Nothing more: that was all.
        case end
        /// Nothing more, though that was not all.
        case broken
    }

    /// So many bytes wait for the reader before the writer has to.
    static let mostQueued = 65_536

    // MARK: - The writer

    /// Whether the head has gone out, so that there is no other answer any more.
    var hasBegun: Bool { state.withLock { $0.head != nil } }

    /// Begins an answer whose length is not known, or is.
    func begin(_ status: Int, _ type: String, _ fields: [RequestHead.Field] = [], byteCount: Int? = nil) {
        let head = Head(
            status: status, fields: [RequestHead.Field("Content-Type", type)] + common + fields, byteCount: byteCount)
        state.withLock { state in
            guard state.head == nil else { return }
            state.head = head
            state.wakeReader()
        }
    }

    /// Writes bytes, waiting for a reader who is behind.
    ///
    /// - Throws: `clientLeft` when nobody reads any more.
    func write(_ bytes: [UInt8]) async throws(Fault) {
        while true {
            let isWritten = try state.withLock { state throws(Fault) in
                guard state.ending == nil else { throw Fault(.clientLeft, "nobody reads the answer any more") }
                guard state.queuedByteCount < Self.mostQueued else { return false }
                if state.place > 0 {
                    state.queue.removeFirst(state.place)
                    state.place = 0
                }
                state.queue += bytes
                state.wakeReader()
                return true
            }
            guard !isWritten else { return }
            await roomToWrite()
        }
    }

    /// Writes text.
    func write(_ text: String) async throws(Fault) { try await write(Array(text.utf8)) }

    /// Ends the answer: whole, unless it says otherwise.
    func end(isWhole: Bool = true) {
        state.withLock { state in
            state.ending = state.ending ?? (isWhole ? .whole : .broken)
            state.wakeReader()
        }
    }

    /// Answers with all there is, at once.
    func send(_ status: Int, _ type: String, _ bytes: [UInt8], _ fields: [RequestHead.Field] = []) {
        begin(status, type, fields, byteCount: bytes.count)
        state.withLock { state in
            guard state.ending == nil else { return }
            state.queue += bytes
            state.ending = .whole
            state.wakeReader()
        }
    }

    /// Ends what is spoken on the connection so far, and takes it over.
    ///
    /// - Throws: `clientLeft` when it is gone before.
    func becomeSocket(_ fields: [RequestHead.Field]) async throws(Fault) -> AcceptedSocket {
        let head = Head(status: 101, fields: common + fields, byteCount: nil, isUpgrade: true)
        let socket = await withCheckedContinuation { heir in
            let isOver = state.withLock { state in
                guard state.head == nil, state.ending == nil else { return true }
                state.head = head
                state.heir = heir
                state.wakeReader()
                return false
            }
            if isOver { heir.resume(returning: nil) }
        }
        guard let socket else { throw Fault(.clientLeft, "the connection has gone") }
        return socket
    }

    /// Hands the connection over to whoever waits for it; one that nobody takes is given back.
    func give(_ socket: AcceptedSocket) {
        let heir = state.withLock { $0.heir.take() }
        heir?.resume(returning: socket)
    }

    private func roomToWrite() async {
        await withCheckedContinuation { continuation in
            let hasRoom = state.withLock { state in
                let hasRoom = state.ending != nil || state.queuedByteCount < Self.mostQueued
                if !hasRoom { state.writers.append(continuation) }
                return hasRoom
            }
            if hasRoom { continuation.resume() }
        }
    }

    // MARK: - The reader

    /// The head once there is one, for which the reader is called; `.some(nil)` when there will be none.
    func head(orWait wait: () -> @Sendable () -> Void) -> Head?? {
        state.withLock { state -> Head?? in
            if let head = state.head, state.ending != .broken || state.queuedByteCount > 0 { return .some(head) }
            guard state.ending == nil else { return .some(nil) }
            state.waiting = wait()
            return .none
        }
    }

    /// Moves bytes to the reader's place; `wait` prepares for nothing being there, before anything can come.
    func take(into target: UnsafeMutableRawBufferPointer, orWait wait: () -> @Sendable () -> Void) -> Taken {
        let (taken, writers) = state.withLock { state -> (Taken, [CheckedContinuation<Void, Never>]) in
            let count = min(target.count, state.queuedByteCount)
            guard count > 0 else {
                switch state.ending {
                case .whole: return (.end, [])
                case .broken: return (.broken, [])
                case nil:
                    state.waiting = wait()
                    return (.nothingYet, [])
                }
            }
            unsafe state.queue.withUnsafeBytes { queue in
                unsafe target.copyMemory(
                    from: UnsafeRawBufferPointer(rebasing: queue[state.place..<state.place + count]))
            }
            state.place += count
            state.takenByteCount += count
            guard state.queuedByteCount < Self.mostQueued else { return (.bytes(count), []) }
            defer { state.writers = [] }
            return (.bytes(count), state.writers)
        }
        for writer in writers { writer.resume() }
        return taken
    }

    /// Tells the writer that nobody reads any more, and lets the reader find that there is nothing.
    func abandon() {
        let (writers, heir) = state.withLock { state in
            if state.ending == nil {
                state.ending = .broken
                state.queue = []
                state.place = 0
            }
            state.wakeReader()
            defer { state.writers = [] }
            return (state.writers, state.heir.take())
        }
        for writer in writers { writer.resume() }
        heir?.resume(returning: nil)
    }

    /// How many wait to write.
    var waitingWriterCount: Int { state.withLock { $0.writers.count } }

    /// What went out so far: the status and how many bytes.
    var sent: (status: Int?, byteCount: Int) { state.withLock { ($0.head?.status, $0.takenByteCount) } }
}
