import AudioCore
import Foundation

/// An hour of 48 kHz stereo WAVE to 16 kHz mono, by whole programs.
enum WholeFile {
    static func measure() throws -> [Measurement] {
        let scratch = URL(fileURLWithPath: NSTemporaryDirectory()).appendingPathComponent("oriole-hour")
        try FileManager.default.createDirectory(at: scratch, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: scratch) }
        let input = scratch.appendingPathComponent("in.wav").path
        let output = scratch.appendingPathComponent("out.wav").path
        try writeHour(to: input)
        let programs: [(name: String, path: String, arguments: [String], goal: Double)] = [
            ("libsndfile + soxr HQ", folder.appendingPathComponent("sndfile-soxr").path, [input, output], 2),
            ("ffmpeg", "/usr/bin/ffmpeg", ["-y", "-v", "error", "-i", input, "-ar", "16000", "-ac", "1", output], 4),
            ("sox", "/usr/bin/sox", [input, "-r", "16000", "-c", "1", output], 8),
        ]
        var ours: [Usage] = []
        var theirs: [[Double]] = programs.map { _ in [] }
        for _ in 0..<5 {
            let arguments = ["convert", input, output, "--rate", "16000", "--channels", "1", "--quiet"]
            ours.append(try Usage(running: oriole(), arguments))
            for (index, program) in programs.enumerated() {
                theirs[index].append(
                    try Usage(running: program.path, program.arguments).seconds / ours[ours.count - 1].seconds)
            }
        }
        let seconds = Race.median(ours.map(\.seconds))
        return programs.enumerated().map { index, program in
            Measurement(
                name: "an hour of WAVE to 16 kHz mono, CPU beside \(program.name)", value: Race.median(theirs[index]),
                unit: "× \(program.name)",
                goal: .atLeast(program.goal), peers: ["seconds of ours": seconds])
        } + [
            Measurement(
                name: "an hour of WAVE to 16 kHz mono, memory", value: Race.median(ours.map(\.mebibytes)), unit: "MiB",
                goal: .atMost(16))
        ]
    }

    /// Where this package's programs are.
    static let folder = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()

    /// The command, which `make bench` builds and names.
    static func oriole() throws -> String {
        let path = ProcessInfo.processInfo.environment["ORIOLE_COMMAND"] ?? ""
        guard FileManager.default.isExecutableFile(atPath: path) else {
            throw Missing(path: "the command that ORIOLE_COMMAND names (\(path))")
        }
        return path
    }

    struct Missing: Error, CustomStringConvertible {
        let path: String
        var description: String { "\(path) is missing: measure with make bench" }
    }

    private static func writeHour(to path: String) throws {
        let format = PCMFormat(rate: 48_000, channels: 2)
        let minute = noise(60 * 96_000)
        var output = try AudioOutput(
            path: path, settings: OutputSettings(kind: .wav), format: format, expectedFrameCount: 3_600 * 48_000)
        for _ in 0..<60 { try output.write(minute.span) }
        try output.finish()
    }
}

/// What a program took.
struct Usage {
    let seconds: Double
    let mebibytes: Double

    /// Runs a program to its end.
    init(running path: String, _ arguments: [String]) throws {
        let result = NSTemporaryDirectory() + "oriole-meter"
        let process = Process()
        process.executableURL = WholeFile.folder.appendingPathComponent("meter")
        process.arguments = [result, path] + arguments
        try process.run()
        process.waitUntilExit()
        let numbers = try String(contentsOfFile: result, encoding: .utf8).split(whereSeparator: \.isWhitespace)
        guard process.terminationStatus == 0, numbers.count == 2 else {
            throw WholeFile.Missing(path: "a result of \(path)")
        }
        seconds = Double(numbers[0]) ?? .nan
        mebibytes = (Double(numbers[1]) ?? .nan) / 1_024
    }
}
