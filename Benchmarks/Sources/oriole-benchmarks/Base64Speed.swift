import AudioCore
import Foundation

/// How fast base64 is decoded beside Foundation.
enum Base64Speed {
    static func measure(level: String) -> [Measurement] {
        let bytes = noise(12_288).map { UInt8(truncatingIfNeeded: Int($0 * 1_000)) }
        let text = Base64Encoder.text(of: bytes.span)
        let data = Data(text)
        var output: [UInt8] = []
        output.reserveCapacity(2 * bytes.count)
        let repeats = 2_000
        let race = Race(
            rounds: 15,
            ours: {
                for _ in 0..<repeats {
                    output.removeAll(keepingCapacity: true)
                    var decoder = Base64Decoder()
                    mustWork { consume(try decoder.decode(text.span, appendingTo: &output)) }
                }
            },
            others: [("Foundation", { for _ in 0..<repeats { consume(Data(base64Encoded: data)) } })])
        let speed = Double(bytes.count * repeats) / race.seconds * 1e-9
        let suffix = level.isEmpty ? "" : ", \(level)"
        return [
            Measurement(
                name: "base64, 16 kB\(suffix)", value: speed, unit: "GB/s", goal: .atLeast(38), spread: race.spread),
            Measurement(
                name: "base64 beside Foundation\(suffix)", value: race.ratios["Foundation"] ?? 0, unit: "× Foundation",
                goal: .atLeast(15), spread: race.spread),
        ]
    }
}
