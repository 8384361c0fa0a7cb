import TestSupport
import Testing

@testable import SpeechServer

@Suite(.neverHangs) struct AnswerTests {
    private static let much = [UInt8](repeating: 1, count: Answer.mostQueued)

    /// What is spoken next on a connection is not spoken when that has gone.
    @Test func `who waits for a connection that goes is told so`() async throws {
        for isLate in [false, true] {
            let answer = Answer()
            if isLate { answer.abandon() }
            let waiting = Task.detached { () -> Fault.Kind? in
                do throws(Fault) {
                    _ = try await answer.becomeSocket([])
                    return nil
                } catch {
                    return error.kind
                }
            }
            while !isLate, !answer.hasBegun { await Task.yield() }
            answer.abandon()
            #expect(await waiting.value == .clientLeft)
        }
    }

    /// The work writes, and so does whoever tells that it goes on; both wait when nobody reads.
    @Test func `two who wait to write both go on, or both hear that nobody reads`() async throws {
        for isRead in [true, false] {
            let answer = Answer()
            answer.begin(200, "text/plain")
            try await answer.write(Self.much)
            let writers = (0..<2).map { _ in
                Task.detached { () -> Fault.Kind? in
                    do throws(Fault) {
                        try await answer.write([2])
                        return nil
                    } catch {
                        return error.kind
                    }
                }
            }
            while answer.waitingWriterCount < 2 { await Task.yield() }
            if isRead {
                var buffer = Self.much
                #expect(
                    unsafe buffer.withUnsafeMutableBytes { unsafe answer.take(into: $0) { {} } } == .bytes(buffer.count)
                )
            } else {
                answer.abandon()
            }
            for writer in writers { #expect(await writer.value == (isRead ? nil : .clientLeft)) }
        }
    }

    @Test func `what was ended is not begun anew, and what was abandoned is broken`() async {
        let answer = Answer()
        answer.send(503, "text/plain", [7])
        answer.begin(200, "text/plain")
        answer.end(isWhole: false)
        let reply = await InProcess.read(answer)
        #expect(reply.status == 503 && reply.body == [7] && reply.isWhole)
        let left = Answer()
        left.abandon()
        #expect(await InProcess.read(left).status == nil)
    }
}
