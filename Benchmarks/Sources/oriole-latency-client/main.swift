// Keeps the contract of a latency harness: streams of speech, as many and as often as LAT_STREAMS and LAT_REPEAT say,
// each piece with the times that the server wrote into its first samples.

import Oriole

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

func setting(_ name: String) -> String? { unsafe getenv(name).map { unsafe String(cString: $0) } }

/// CLOCK_MONOTONIC in nanoseconds, the server's clock.
func monotonicNow() -> UInt64 {
    var time = timespec()
    unsafe clock_gettime(CLOCK_MONOTONIC, &time)
    return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
}

/// One piece as the harness wants it.
struct Record: Sendable {
    let stream: Int32
    let request: Int32
    let index: Int32
    let byteCount: Int32
    let received: UInt64
    let stamp: UInt64
    let asked: UInt64
    let called: UInt64

    var line: String {
        let call = index == 0 ? ",\"call_ns\":\(called)" : ""
        return "{\"s\":\(stream),\"r\":\(request),\"i\":\(index),\"recv_ns\":\(received),\"stamp_ns\":\(stamp),"
            + "\"pcm_bytes\":\(byteCount),\"req_ns\":\(asked)\(call)}"
    }
}

/// A number of eight bytes that begins at a sample.
func number(_ samples: [Int16], at place: Int) -> UInt64 {
    guard samples.count >= place + 4 else { return 0 }
    return (0..<4).reduce(0) { $0 | UInt64(UInt16(bitPattern: samples[place + $1])) << UInt64(16 * $1) }
}

/// What a stream brought.
struct Outcome: Sendable {
    var records: [Record] = []
    var errors: [String] = []
    var chunkCount = 0
    var byteCount = 0
}

@Sendable
func run(_ glm: GLMClient, stream: Int, repeats: Int, isQuiet: Bool, pcm: Int32?) async -> Outcome {
    var outcome = Outcome()
    for request in 0..<repeats {
        let called = monotonicNow()
        do {
            for try await chunk in try glm.speak(SpeechRequest("你好呀,欢迎来到智谱开放平台", voice: "female")) {
                let samples = chunk.audio.samples
                outcome.chunkCount += 1
                outcome.byteCount += samples.count * 2
                if let pcm { unsafe samples.withUnsafeBytes { _ = unsafe write(pcm, $0.baseAddress, $0.count) } }
                guard !isQuiet else { continue }
                outcome.records.append(
                    Record(
                        stream: Int32(stream), request: Int32(request), index: Int32(chunk.index),
                        byteCount: Int32(samples.count * 2), received: monotonicNow(), stamp: number(samples, at: 0),
                        asked: number(samples, at: 4), called: called))
            }
        } catch {
            outcome.errors.append("{\"s\":\(stream),\"error\":\"\(error)\"}")
        }
    }
    return outcome
}

/// Uploads a file and prints when each piece of text came.
@Sendable
func upload(_ glm: GLMClient, _ path: String, repeats: Int) async -> Outcome {
    var outcome = Outcome()
    for _ in 0..<repeats {
        let called = monotonicNow()
        var index: Int32 = 0
        do {
            let options = TranscriptionOptions(sendsFileAsItIs: true)
            for try await piece in try await glm.transcribeAsItComes(.file(path: path), options) {
                let stamp = piece.split(separator: ",").last.map(String.init) ?? "0"
                outcome.records.append(
                    Record(
                        stream: 0, request: 0, index: index, byteCount: 1, received: monotonicNow(),
                        stamp: UInt64(stamp) ?? 0, asked: 0, called: called))
                index += 1
                outcome.chunkCount += 1
            }
        } catch {
            outcome.errors.append("{\"s\":0,\"error\":\"\(error)\"}")
        }
    }
    return outcome
}

/// All streams at once, each in a task of its own.
@concurrent
func runAll(_ glm: GLMClient, streams: Int, repeats: Int, isQuiet: Bool, pcm: Int32?) async -> [Outcome] {
    if let path = setting("LAT_FILE") { return [await upload(glm, path, repeats: repeats)] }
    return await withTaskGroup(of: Outcome.self) { group in
        for stream in 0..<streams {
            group.addTask { await run(glm, stream: stream, repeats: repeats, isQuiet: isQuiet, pcm: pcm) }
        }
        var outcomes: [Outcome] = []
        for await outcome in group { outcomes.append(outcome) }
        return outcomes
    }
}

let streams = setting("LAT_STREAMS").flatMap { Int($0) } ?? 1
let repeats = setting("LAT_REPEAT").flatMap { Int($0) } ?? 1
let isQuiet = setting("LAT_QUIET") == "1"
let pcm = setting("LAT_PCM").map { unsafe open($0, O_WRONLY | O_CREAT | O_TRUNC, 0o644) }
var settings = GLMSettings(baseURL: setting("LAT_URL") ?? "", credential: .key("k"))
settings.concurrentRequests = streams
settings.retry.attempts = 1
// The limits of clips are a server's of GLM; the harness uploads 25 MB.
settings.dialect = setting("LAT_FILE") == nil ? .glm : .openai
let glm = try GLMClient(settings)
// `--pool` reads on the pool of tasks instead of the client's thread.
let executor = CommandLine.arguments.contains("--pool") ? nil : glm.executor
let outcomes = await withTaskExecutorPreference(executor) {
    await runAll(glm, streams: streams, repeats: repeats, isQuiet: isQuiet, pcm: pcm)
}
for outcome in outcomes {
    for error in outcome.errors { print(error) }
    for record in outcome.records { print(record.line) }
}
let chunks = outcomes.reduce(0) { $0 + $1.chunkCount }
print("{\"end\":1,\"chunks\":\(chunks),\"pcm_bytes\":\(outcomes.reduce(0) { $0 + $1.byteCount })}")
