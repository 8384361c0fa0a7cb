import Foundation

/// The groups of figures, by the name that `--only` takes; what is before a slash names all of its parts.
let groups: [(name: String, measure: @Sendable () async throws -> [Measurement])] = [
    ("kernel", { [ResamplingSpeed.peakShare()] }),
    ("core", { try CoreBenchmarks.measure() }),
    ("pairs", { ResamplingSpeed.measureAllPairs() }),
    ("sizes", { try SizeCurves.measure() }),
    ("hearing/voices", { try await VoiceActivityQuality.measure() }),
    ("hearing/alignment", { try await AlignmentQuality.measure() }),
    ("captions/quota", { try await CaptionSpeed.quota() }),
    ("captions/lengths", { try CaptionSpeed.lengths() }),
    ("books/quota", { try await BookSpeed.quota() }),
    ("books/lengths", { try BookSpeed.lengths() }),
    ("books/whole", { try await BookSpeed.whole() }),
    ("command/core", { try CommandFigures.core() }),
    ("command/latency", { try CommandFigures.latency() }),
    ("client", { try SpeechFrameSpeed.measure() }),
    ("allocations", { try Allocations.measure() + SpeechFrameSpeed.measure().filter { $0.unit == Allocations.unit } }),
]

/// What the command line asks for.
struct Options {
    var only: Set<String> = []
    var json: String?

    init(_ arguments: [String]) {
        var rest = arguments[...]
        while let word = rest.popFirst() {
            switch word {
            case "--only": only = Set((rest.popFirst() ?? "").split(separator: ",").map(String.init))
            case "--json": json = rest.popFirst()
            default:
                let names = groups.map(\.name).joined(separator: ",")
                print("usage: oriole-benchmarks [--only \(names)] [--json FILE]")
                exit(2)
            }
        }
    }
}

@main
struct Main {
    static func main() async throws {
        let arguments = Array(CommandLine.arguments.dropFirst())
        if arguments.first == "--part" {
            switch arguments[1] {
            case "captions": return try await CaptionSpeed.runPart(hours: Double(arguments[2]) ?? 1)
            case "books": return try await BookSpeed.runPart(characters: Int(arguments[2]) ?? 1)
            default: return try CoreBenchmarks.runPart(arguments[1])
            }
        }
        let options = Options(arguments)
        func names(_ group: String) -> [String] { [group, String(group.prefix { $0 != "/" })] }
        let unknown = options.only.subtracting(groups.flatMap { names($0.name) })
        guard unknown.isEmpty else {
            print(
                "no group \(unknown.sorted().joined(separator: ", ")); there is \(groups.map(\.name).joined(separator: ", "))"
            )
            exit(2)
        }
        let chosen = groups.filter { options.only.isEmpty || !options.only.isDisjoint(with: names($0.name)) }
        var measurements: [Measurement] = []
        for group in chosen { measurements += try await group.measure() }
        print("\(Machine.processor), \(Machine.cores) cores; \(Machine.compiler)")
        print(table(measurements))
        if let path = options.json {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
            try encoder.encode(measurements).write(to: URL(fileURLWithPath: path))
        }
        // Times are reported, never gated; what is allocated does not depend on the machine.
        if measurements.contains(where: { $0.unit == Allocations.unit && $0.isMissed }) { exit(1) }
    }
}
