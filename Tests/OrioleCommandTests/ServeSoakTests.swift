import AudioCore
import Foundation
import Platform
import TestSupport
import Testing

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The server as a process of its own, with many at once: what each gets, and what it costs.
@Suite(.tags(.program, .soak), .serialized, .neverHangs)
struct ServeSoakTests {
    /// The port and the number of a server's process.
    private struct Place: Sendable {
        let port: Int
        let number: Int

        /// The memory that is resident, in kilobytes.
        var residentKilobytes: Int {
            let status = (try? contents(of: "/proc/\(number)/status")).map { String(decoding: $0, as: UTF8.self) } ?? ""
            return status.firstMatch(of: /VmRSS:\s+(\d+) kB/).flatMap { Int($0.1) } ?? 0
        }
    }

    /// Runs the command's server beside something that uses it, on a thread of its own.
    private static func serve<Value: Sendable>(
        _ words: [String], _ environment: [String: String], in folder: borrowing ScratchFolder,
        _ use: @escaping @Sendable (Place) throws -> Value
    ) async throws -> Value {
        let path = folder.path
        let using = Beside {
            let port = try BuiltCommand.listeningPort(toldIn: path + "/errors")
            let number = Int(String(decoding: try contents(of: path + "/pid").dropLast(), as: UTF8.self)) ?? 0
            defer { kill(pid_t(number), SIGTERM) }
            return try use(Place(port: port, number: number))
        }
        let run = try await BuiltCommand.run(
            ["serve", "--port", "0", "-q"] + words, in: folder, environment: environment, noting: "pid",
            errors: "errors")
        #expect(run.status == 0)
        return try await using.value
    }

    /// Does something on so many threads at once, and waits for all.
    private static func atOnce<Value: Sendable>(
        _ count: Int, _ work: @escaping @Sendable (Int) throws -> Value
    ) throws -> [Value] {
        let results = Collected<Value>()
        for index in 0..<count { Thread.detachNewThread { results.add(Result { try work(index) }) } }
        try waitUntil { results.count == count }
        return try results.all.map { try $0.get() }
    }

    private final class Collected<Value: Sendable>: @unchecked Sendable {
        private let lock = NSLock()
        private var list: [Result<Value, any Error>] = []

        var count: Int { lock.withLock { list.count } }
        var all: [Result<Value, any Error>] { lock.withLock { list } }
        func add(_ result: Result<Value, any Error>) { lock.withLock { list.append(result) } }
    }

    // MARK: - Speech

    /// A service whose speech goes on until the test has seen all streams begin: four tenths of a second, then as much again.
    private static func speaking(until latch: Latch) throws -> ScriptedServer {
        let sound = (0..<2).map { half in
            (0..<9_600).flatMap { index -> [UInt8] in
                let sample = Int16(truncatingIfNeeded: (half * 9_600 + index) &* 7)
                return [UInt8(truncatingIfNeeded: sample), UInt8(truncatingIfNeeded: sample >> 8)]
            }
        }
        let head = "HTTP/1.1 200 OK\r\nContent-Type: audio/pcm\r\nContent-Length: 38400\r\n\r\n"
        return try ScriptedServer([.request, .send(head), .bytes(sound[0]), .wait(latch), .bytes(sound[1]), .close])
    }

    /// Opens so many streams, looks at the memory while all are open, and reads them to their ends.
    private static func stream(_ count: Int, from place: Place, _ latch: Latch) throws -> (
        kilobytes: Int, lengths: [Int]
    ) {
        let json = #"{"input":"hi","response_format":"pcm"}"#
        let connections = try (0..<count).map { _ in try RawConnection(port: place.port) }
        for connection in connections {
            connection.send(
                "POST /v1/audio/speech HTTP/1.0\r\nHost: localhost\r\nContent-Length: \(json.utf8.count)\r\n\r\n\(json)"
            )
        }
        let beginnings = try atOnce(count) { connections[$0].receive(upTo: 1).count }
        let kilobytes = place.residentKilobytes
        latch.open()
        let rest = try atOnce(count) { index -> Int in
            let bytes = connections[index].receiveAll()
            let body = bytes.firstRange(of: [13, 10, 13, 10]).map { bytes.count - $0.upperBound } ?? 0
            return body
        }
        return (kilobytes, zip(beginnings, rest).map { $0 * $1 })
    }

    @Test func `many streams of speech at once are all whole, and cost little memory each`() async throws {
        let count = isSoaking ? 200 : 20
        var kilobytes: [Int] = []
        for streams in [1, count] {
            // A folder for each run: another's says where a server was that is gone.
            let folder = ScratchFolder()
            let latch = Latch()
            let service = try Self.speaking(until: latch)
            let environment = [
                "ORIOLE_BASE_URL": service.url + "/v1", "ORIOLE_ENGINE": "openai", "ORIOLE_API_KEY": "k",
            ]
            let measured = try await Self.serve(["--concurrency", "\(streams)"], environment, in: folder) { place in
                try Self.stream(streams, from: place, latch)
            }
            #expect(measured.lengths == [Int](repeating: 38_400, count: streams))
            kilobytes.append(measured.kilobytes)
        }
        let each = (kilobytes[1] - kilobytes[0]) / (count - 1)
        if isSoaking {
            print("speech: 1 stream \(kilobytes[0]) kB, \(count) streams \(kilobytes[1]) kB, \(each) kB each")
        }
        #expect(each <= 256, "\(kilobytes)")
    }

    // MARK: - Recordings

    @Test(.needsOptimization) func `many long recordings at once are all heard, and nothing of them stays`()
        async throws
    {
        let (count, seconds) = isSoaking ? (50, 600) : (5, 30)
        let folder = ScratchFolder()
        let hearing = try HearingServer()
        let sound = WAVWriter.file(
            of: Signals.voice(seconds: seconds).span, format: PCMFormat(rate: 16_000, channels: 1),
            encoding: .signed16)
        let environment = hearing.environment.merging(["TMPDIR": folder.file("")]) { old, _ in old }
        let boundary = "b0undary"
        let begin = "--\(boundary)\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.wav\"\r\n\r\n"
        let body = Array(begin.utf8) + sound + Array("\r\n--\(boundary)--\r\n".utf8)
        let (texts, kilobytes) = try await Self.serve(["--hearing-jobs", "4"], environment, in: folder) { place in
            let texts = try Self.atOnce(count) { _ -> String in
                let connection = try RawConnection(port: place.port)
                connection.send(
                    "POST /v1/audio/transcriptions HTTP/1.0\r\nHost: localhost\r\n"
                        + "Content-Type: multipart/form-data; boundary=\(boundary)\r\nContent-Length: \(body.count)\r\n\r\n"
                )
                connection.send(body)
                let answer = String(decoding: connection.receiveAll(), as: UTF8.self)
                return answer.components(separatedBy: "\r\n\r\n").last ?? ""
            }
            return (texts, place.residentKilobytes)
        }
        #expect(texts.count == count && Set(texts).count == 1 && texts[0].contains("\"text\":"), "\(Set(texts))")
        #expect(Set(folder.names) == ["errors", "pid"], "\(folder.names)")
        if isSoaking { print("uploads: \(count) of \(seconds) s, \(kilobytes) kB resident behind them") }
    }
}
