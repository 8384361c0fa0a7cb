import AudioCore
import CPeers
import Foundation

/// The same work at five sizes: where the set-up ends and the work begins.
enum SizeCurves {
    static func measure() throws -> [Measurement] {
        resampling() + base64() + loudness()
    }

    /// 24→16 kHz at once, with the making of the resampler.
    private static func resampling() -> [Measurement] {
        [(10, "10 ms"), (100, "100 ms"), (1_000, "1 s"), (10_000, "10 s"), (60_000, "60 s")].map {
            milliseconds, name in
            let input = noise(24 * milliseconds)
            let room = input.count + 65_536
            let target = UnsafeMutablePointer<Float>.allocate(capacity: room)
            defer { unsafe target.deallocate() }
            var output: [Float] = []
            output.reserveCapacity(room)
            let repeats = max(1, 20_000 / milliseconds)
            let race = Race(
                ours: {
                    for _ in 0..<repeats {
                        output.removeAll(keepingCapacity: true)
                        ResamplingSpeed.resample(input, 24_000, 16_000, .throughput, block: 0, into: &output)
                    }
                },
                others: [
                    (
                        "soxr HQ",
                        {
                            for _ in 0..<repeats {
                                consume(unsafe peer_soxr(24_000, 16_000, input, input.count, 0, target, room))
                            }
                        }
                    )
                ])
            return curve("resampling 24→16 kHz, \(name), set-up included", race, "soxr HQ")
        }
    }

    private static func base64() -> [Measurement] {
        [(48, "64 B"), (768, "1 kB"), (12_288, "16 kB"), (196_608, "256 kB"), (3_145_728, "4 MB")].map { count, name in
            let bytes = noise(count).map { UInt8(truncatingIfNeeded: Int($0 * 1_000)) }
            let text = Base64Encoder.text(of: bytes.span)
            let data = Data(text)
            var output: [UInt8] = []
            output.reserveCapacity(count + 64)
            let repeats = max(1, 24_000_000 / count / 4)
            let race = Race(
                ours: {
                    for _ in 0..<repeats {
                        output.removeAll(keepingCapacity: true)
                        var decoder = Base64Decoder()
                        mustWork { consume(try decoder.decode(text.span, appendingTo: &output)) }
                    }
                }, others: [("Foundation", { for _ in 0..<repeats { consume(Data(base64Encoded: data)) } })])
            return curve("base64, \(name)", race, "Foundation")
        }
    }

    private static func loudness() -> [Measurement] {
        [(1, "1 s"), (4, "4 s"), (15, "15 s"), (60, "1 min"), (240, "4 min")].map { seconds, name in
            let input = noise(seconds * 48_000)
            let race = Race(
                ours: { consume(LoudnessSpeed.loudness(of: input, PCMFormat(rate: 48_000, channels: 1))) },
                others: [("libebur128", { unsafe consume(peer_ebur128(input, input.count, 1, 48_000)) })])
            return curve("loudness of 48 kHz mono, \(name)", race, "libebur128")
        }
    }

    private static func curve(_ name: String, _ race: Race, _ peer: String) -> Measurement {
        Measurement(
            name: name, value: race.ratios[peer] ?? 0, unit: "× \(peer)", goal: nil, spread: race.spread,
            peers: race.milliseconds)
    }
}
