import AudioCore
import CPeers
import Foundation

/// How often steady streams ask for memory: stored for each compiler, and a gate, since it does not depend on the
/// machine.
///
/// Every piece of work is done once before it is counted, so that filters and other things of the process are there.
enum Allocations {
    static let unit = "allocations"

    static func measure() throws -> [Measurement] {
        let stored = try Self.stored()
        let counts = works.map { work in (name: work.name, count: count(work.body)) }
        if ProcessInfo.processInfo.environment["RECORD_ALLOCATIONS"] != nil { try store(counts) }
        return counts.map { name, count in
            Measurement(
                name: "allocations, \(name)", value: Double(count), unit: unit,
                goal: stored.map { .atMost(Double($0[name] ?? 0)) })
        }
    }

    private static func count(_ work: () -> Void) -> Int {
        work()
        let before = peer_allocation_count()
        work()
        return Int(peer_allocation_count() - before)
    }

    // MARK: - What is stored

    private static let file: URL = {
        let name = Machine.compiler.lowercased().replacingOccurrences(of: " ", with: "-")
        return URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appendingPathComponent("Allocations/\(name).json")
    }()

    /// The counts of this compiler; nil, and no gate, for one that nobody has recorded.
    private static func stored() throws -> [String: Int]? {
        guard FileManager.default.fileExists(atPath: file.path) else { return nil }
        return try JSONDecoder().decode([String: Int].self, from: Data(contentsOf: file))
    }

    private static func store(_ counts: [(name: String, count: Int)]) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        let numbers = Dictionary(counts.map { ($0.name, $0.count) }) { $1 }
        try (encoder.encode(numbers) + Data("\n".utf8)).write(to: file)
    }

    // MARK: - The work

    private static let second = noise(24_000)

    private static var works: [(name: String, body: () -> Void)] {
        [
            ("10 s resampled in blocks of 20 ms, throughput", { resample(.throughput) }),
            ("10 s resampled in blocks of 20 ms, low latency", { resample(.lowLatency) }),
            ("1 MB of base64 in pieces of 4 kB", base64), ("10 s of WAVE in pieces of 4 kB", wave),
            ("10 s to Ogg Opus in blocks of 20 ms", opus), ("10 s of loudness in blocks of 20 ms", loudness),
        ]
    }

    private static func everyBlock(_ body: (Span<Float>) throws -> Void) rethrows {
        for _ in 0..<10 {
            for start in stride(from: 0, to: second.count, by: 480) {
                try body(second.span.extracting(start..<start + 480))
            }
        }
    }

    private static func resample(_ mode: Resampler.Mode) {
        mustWork {
            var output: [Float] = []
            output.reserveCapacity(200_000)
            var resampler = try Resampler(from: 24_000, to: 16_000, channels: 1, mode: mode)
            try everyBlock { try resampler.convert($0, appendingTo: &output) }
            try resampler.finish(appendingTo: &output)
        }
    }

    private static let text = Base64Encoder.text(of: [UInt8](repeating: 7, count: 786_432).span)

    private static func base64() {
        mustWork {
            var output: [UInt8] = []
            output.reserveCapacity(800_000)
            var decoder = Base64Decoder()
            for start in stride(from: 0, to: text.count, by: 4_096) {
                _ = try decoder.decode(text.span.extracting(start..<start + 4_096), appendingTo: &output)
            }
            try decoder.finish(appendingTo: &output)
        }
    }

    /// A plain file of 16-bit sound: its header, then zeros.
    private static let file10 =
        Array("RIFF\u{24}\0\0\0WAVEfmt \u{10}\0\0\0\u{1}\0\u{1}\0".utf8)
        + [0x80, 0x3E, 0, 0, 0, 0x7D, 0, 0, 2, 0, 16, 0] + Array("data".utf8) + [0, 0xE2, 4, 0]
        + [UInt8](repeating: 0, count: 320_000)

    private static func wave() {
        mustWork {
            var output: [Float] = []
            output.reserveCapacity(200_000)
            var reader = WAVReader()
            for start in stride(from: 0, to: file10.count, by: 4_096) {
                try reader.read(
                    file10.span.extracting(start..<min(start + 4_096, file10.count)), appendingTo: &output)
            }
            _ = try reader.finish(appendingTo: &output)
        }
    }

    private static func opus() {
        mustWork {
            var bytes: [UInt8] = []
            bytes.reserveCapacity(200_000)
            var writer = try OggOpusWriter(format: PCMFormat(rate: 24_000, channels: 1))
            try everyBlock { try writer.write($0, appendingTo: &bytes) }
            try writer.finish(appendingTo: &bytes)
        }
    }

    private static func loudness() {
        mustWork {
            var meter = try LoudnessMeter(format: PCMFormat(rate: 24_000, channels: 1))
            everyBlock { meter.add($0) }
            consume(meter.integrated)
        }
    }
}
