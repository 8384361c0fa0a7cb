internal import Jobs

/// Measures: how soon a service is heard, what has changed since, and how fast our own core is.
struct BenchVerb: Verb {
    static let name = "bench"
    static let summary = "measure how soon a service is heard, and how fast the core is"
    static let operands = "[latency|compare|dsp] [A.json B.json]"
    static let operandCompletion = Completion.words(["latency", "compare", "dsp"])
    static let examples = [
        Example(purpose: "how soon the engine is heard", command: "oriole bench latency -o report/"),
        Example(
            purpose: "what to set for sound within 400 ms",
            command: "oriole bench latency --concurrency 1,2,5 --opus-frame 10,20,40,60 --target-first-sound 400ms"),
        Example(
            purpose: "with a service whose delays are known, in no time",
            command: "oriole bench latency --simulate first=300ms,chunk=100ms,jitter=20ms,stall=1%"),
        Example(
            purpose: "what has changed beyond noise",
            command: "oriole bench compare before/report.json after/report.json"),
        Example(purpose: "the core on this machine", command: "oriole bench dsp"),
    ]
    static let ownFlags: [any DeclaredFlag] = LatencyWishes.flags + [Engines.verbose]
    static let settings: [any DeclaredSetting] = [Settings.engine, Settings.baseURL, Settings.voice, Settings.progress]

    private let action: Action

    private enum Action {
        case latency(LatencyJob)
        case compare(String, String, printsJSON: Bool)
        case dsp(printsJSON: Bool)
    }

    init(_ typed: TypedArguments, _ configuration: Configuration) throws(CommandError) {
        let rest = Array(typed.operands.dropFirst())
        let printsJSON = typed.has(CommonFlag.json)
        let what = typed.operands.first ?? "latency"
        if what != "latency", let flag = LatencyWishes.flags.first(where: { typed.has($0) }) {
            throw CommandError(
                .wrongUse, "--\(flag.name) is for bench latency, and not for \(what)", hint: "leave it out")
        }
        switch what {
        case "latency" where rest.isEmpty: action = .latency(try LatencyJob(typed, configuration))
        case "compare" where rest.count == 2: action = .compare(rest[0], rest[1], printsJSON: printsJSON)
        case "compare":
            throw CommandError(
                .wrongUse, "two reports are compared", hint: "oriole bench compare before/report.json after/report.json"
            )
        case "dsp" where rest.isEmpty: action = .dsp(printsJSON: printsJSON)
        default:
            throw CommandError(
                .wrongUse, "nobody knows how to measure ‘\(typed.operands.joined(separator: " "))’",
                hint: "oriole bench latency, compare A.json B.json, or dsp")
        }
    }

    func run() async throws(CommandError) {
        switch action {
        case .latency(let job): try await job.run()
        case .compare(let before, let after, let printsJSON):
            let comparison = Comparison(try LatencyReport(keptIn: before), try LatencyReport(keptIn: after))
            try Terminal.print(printsJSON ? Terminal.json(comparison.changes) : comparison.text)
        case .dsp(let printsJSON):
            let figures = try CoreFigures.measured()
            try Terminal.print(printsJSON ? Terminal.json(figures) : Machine.text + "\n" + CoreFigures.table(figures))
        }
    }
}
