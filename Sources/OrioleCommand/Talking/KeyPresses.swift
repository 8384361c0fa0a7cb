internal import Platform

/// The times at which somebody presses Enter, until standard input ends or the task does.
struct KeyPresses: AsyncSequence {
    typealias Element = Void

    func makeAsyncIterator() -> AsyncStream<Void>.Iterator {
        let (presses, press) = AsyncStream<Void>.makeStream()
        // Reading waits, which tasks must not; the thread ends with the process.
        try? SystemThread.start("oriole-keys") {
            var bytes: [UInt8] = []
            while (try? OpenFile.standardInput.read(upTo: 1, appendingTo: &bytes)) ?? 0 > 0 {
                if bytes.removeLast() == UInt8(ascii: "\n") { press.yield() }
            }
            press.finish()
        }
        return presses.makeAsyncIterator()
    }
}
