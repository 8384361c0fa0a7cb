import Foundation

/// The groups of figures, by the name that `--only` takes.
let groups: [(name: String, measure: @Sendable () throws -> [Measurement])] = [
    ("core", { try CoreBenchmarks.measure() })
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
                print("usage: oriole-benchmarks [--only core] [--json FILE]")
                exit(2)
            }
        }
    }
}

@main
struct Main {
    static func main() throws {
        let arguments = Array(CommandLine.arguments.dropFirst())
        if arguments.first == "--part" { return try CoreBenchmarks.runPart(arguments[1]) }
        let options = Options(arguments)
        let unknown = options.only.subtracting(groups.map(\.name))
        guard unknown.isEmpty else {
            print(
                "no group \(unknown.sorted().joined(separator: ", ")); there is \(groups.map(\.name).joined(separator: ", "))"
            )
            exit(2)
        }
        let chosen = groups.filter { options.only.isEmpty || options.only.contains($0.name) }
        let measurements = try chosen.flatMap { try $0.measure() }
        print(table(measurements))
        guard let path = options.json else { return }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        try encoder.encode(measurements).write(to: URL(fileURLWithPath: path))
    }
}
