import CPeers
import Foundation
@_spi(Measuring) import GLMSpeech
@_spi(Measuring) import HTTPTransport

/// How fast a line of streamed speech becomes bytes of sound, beside the usual way through a tree.
enum SpeechFrameSpeed {
    private struct Frame: Decodable {
        let choices: [Choice]

        struct Choice: Decodable { let delta: Delta }
        struct Delta: Decodable { let content: String }
    }

    static func measure() throws -> [Measurement] {
        try [(7_680, "10 kB"), (23_040, "30 kB"), (46_080, "60 kB")].flatMap { count, name in
            try measure(count, name)
        }
    }

    private static func measure(_ count: Int, _ name: String) throws -> [Measurement] {
        let line = frame(count)
        let data = Data(line)
        let repeats = 200
        var output: [UInt8] = []
        output.reserveCapacity(count + 64)
        var reader = SpeechFrameReader(.base64)
        guard reader.read(line.span, appendingTo: &output), output.count == count else {
            throw WholeFile.Missing(path: "the sound of a frame")
        }
        let before = peer_allocation_count()
        output.removeAll(keepingCapacity: true)
        consume(reader.read(line.span, appendingTo: &output))
        let allocations = peer_allocation_count() - before
        let race = Race(
            rounds: 15,
            ours: {
                for _ in 0..<repeats {
                    output.removeAll(keepingCapacity: true)
                    consume(reader.read(line.span, appendingTo: &output))
                }
            },
            others: [
                (
                    "JSONDecoder and Data",
                    {
                        for _ in 0..<repeats / 20 {
                            let frame = mustWork { try JSONDecoder().decode(Frame.self, from: data) }
                            consume(Data(base64Encoded: frame.choices[0].delta.content))
                        }
                    }
                )
            ])
        let speed = Double(line.count * repeats) / race.seconds * 1e-9
        return streamed(line, name) + [
            Measurement(
                name: "a line of speech to sound, \(name)", value: speed, unit: "GB/s", goal: .atLeast(40),
                spread: race.spread),
            Measurement(
                name: "a line of speech to sound, \(name), beside a tree",
                value: (race.ratios["JSONDecoder and Data"] ?? 0) * 20, unit: "× JSONDecoder", goal: .atLeast(45)),
            Measurement(
                name: "allocations, a line of speech, \(name)", value: Double(allocations), unit: Allocations.unit,
                goal: .atMost(0)),
        ]
    }

    /// The same from the bytes of a stream on: the event is found, then its sound.
    private static func streamed(_ line: [UInt8], _ name: String) -> [Measurement] {
        let bytes = Array("data: ".utf8) + line + Array("\n\n".utf8)
        let repeats = 200
        var events = ServerSentEvents(endingAt: .line)
        var reader = SpeechFrameReader(.base64)
        var output: [UInt8] = []
        output.reserveCapacity(line.count)
        func read() {
            output.removeAll(keepingCapacity: true)
            mustWork { try events.read(bytes.span) { _, data in consume(reader.read(data, appendingTo: &output)) } }
        }
        read()
        let before = peer_allocation_count()
        read()
        let allocations = peer_allocation_count() - before
        let race = Race(rounds: 15, ours: { for _ in 0..<repeats { read() } }, others: [])
        return [
            Measurement(
                name: "an event of speech to sound, \(name)",
                value: Double(bytes.count * repeats) / race.seconds * 1e-9, unit: "GB/s", goal: .atLeast(40),
                spread: race.spread),
            Measurement(
                name: "allocations, an event of speech, \(name)", value: Double(allocations), unit: Allocations.unit,
                goal: .atMost(0)),
        ]
    }

    private static func frame(_ count: Int) -> [UInt8] {
        let sound = noise(count).map { UInt8(truncatingIfNeeded: Int($0 * 1_000)) }
        let head =
            #"{"id":"20251010120000f80cdc994b5866db","created":1760068800,"model":"glm-tts","choices":[{"index":0,"#
        let delta = head + #""delta":{"role":"assistant","content":""#
        return Array(delta.utf8) + Array(Data(sound).base64EncodedString().utf8)
            + Array(#"","return_sample_rate":24000,"return_format":"pcm"}}]}"#.utf8)
    }
}
