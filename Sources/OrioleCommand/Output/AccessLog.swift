internal import AudioCore
internal import Platform
internal import SpeechServer
internal import Synchronization

/// Writes what became of requests, on a thread of its own: whoever reads it late holds back no server.
final class AccessLog: Sendable {
    private let pipe: Pipe
    private let state = Mutex(State())

    private struct State {
        var lines: [AccessLine] = []
        var lostCount = 0
        var isOver = false
        var finishing: CheckedContinuation<Void, Never>?
    }

    /// So many lines wait for a reader; what comes then is counted.
    private static let mostWaiting = 10_000

    init() throws(CommandError) {
        do throws(SystemError) {
            pipe = try Pipe()
            try SystemThread.start("oriole-log") { [self] in run() }
        } catch {
            throw CommandError(AudioError(error))
        }
    }

    /// Takes a line, and waits for nobody.
    func add(_ line: AccessLine) {
        let isFirst = state.withLock { state in
            guard state.lines.count < Self.mostWaiting else {
                state.lostCount += 1
                return false
            }
            state.lines.append(line)
            return state.lines.count == 1
        }
        if isFirst { ring() }
    }

    /// Returns once all is written.
    func finish() async {
        await withCheckedContinuation { continuation in
            state.withLock { state in
                state.isOver = true
                state.finishing = continuation
            }
            ring()
        }
    }

    private func ring() { try? pipe.writing.write([UInt8](repeating: 0, count: 1).span) }

    private func run() {
        var rings: [UInt8] = []
        while true {
            let (lines, lostCount, isOver) = state.withLock { state in
                defer { (state.lines, state.lostCount) = ([], 0) }
                return (state.lines, state.lostCount, state.isOver)
            }
            for line in lines { Terminal.say(Terminal.json(line)) }
            if lostCount > 0 { Terminal.say("note: \(counted(lostCount, "line")) of the log had no room") }
            if isOver, lines.isEmpty { return state.withLock { $0.finishing }?.resume() ?? () }
            guard !isOver else { continue }
            rings.removeAll(keepingCapacity: true)
            guard (try? pipe.reading.read(upTo: 64, appendingTo: &rings)) ?? 0 > 0 else { return }
        }
    }
}
