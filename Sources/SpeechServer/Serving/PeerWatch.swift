internal import HTTPTransport
internal import Platform
internal import Synchronization

/// Watches the connections from aside: libmicrohttpd looks at none while it is suspended, and knows no total limits of time.
final class PeerWatch: Sendable {
    private let alarm: Alarm
    private let inbox = Mutex(Inbox())

    private struct Inbox {
        var changes: [Change] = []
        var isOver = false
    }

    /// How often it looks whether somebody is late.
    private static let interval = Duration.milliseconds(500)

    private enum Change {
        case add(Peer)
        case remove(Int32)
    }

    /// Starts watching, on a thread of its own.
    init() throws(SystemError) {
        alarm = try Alarm()
        let watch = try SocketWait.best.makeWatch()
        watch.watch(alarm.descriptor, .reading)
        try SystemThread.start("oriole-peers") { [self] in run(watch) }
    }

    func add(_ peer: Peer) { tell(.add(peer)) }

    func remove(_ peer: Peer) { tell(.remove(peer.descriptor)) }

    /// Ends the thread.
    func stop() {
        inbox.withLock { $0.isOver = true }
        alarm.ring()
    }

    private func tell(_ change: Change) {
        let isFirst = inbox.withLock { inbox in
            inbox.changes.append(change)
            return inbox.changes.count == 1
        }
        if isFirst { alarm.ring() }
    }

    /// In the order in which they were told, since the number of a closed connection is soon another's.
    private func run(_ watch: any SocketWatch) {
        var peers: [Int32: Peer] = [:]
        var (silent, gone): ([Peer], [Peer]) = ([], [])
        var nextLook = ContinuousClock.now
        while true {
            let inbox = inbox.withLock { inbox in
                defer { inbox.changes = [] }
                return inbox
            }
            guard !inbox.isOver else { return }
            for change in inbox.changes {
                switch change {
                case .add(let peer):
                    peers[peer.descriptor] = peer
                    watch.watch(peer.descriptor, .hungUp)
                case .remove(let descriptor):
                    peers[descriptor] = nil
                    watch.forget(descriptor)
                }
            }
            watch.wait(milliseconds: peers.isEmpty ? -1 : Int32(Self.interval / .milliseconds(1))) { descriptor, _ in
                guard descriptor != alarm.descriptor else { return alarm.silence() }
                // Once is enough: it will not come back.
                watch.forget(descriptor)
                if let peer = peers[descriptor] { silent.append(peer) }
            }
            let now = ContinuousClock.now
            guard now >= nextLook else { continue }
            nextLook = now + Self.interval
            for peer in peers.values { peer.breakIfOverdue(at: now) }
            // Some end their own side and still read; whatever takes longer than a look is for nobody.
            for peer in gone { peer.noteGone() }
            (gone, silent) = (silent, [])
        }
    }
}
