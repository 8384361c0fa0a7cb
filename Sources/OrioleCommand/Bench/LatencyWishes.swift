/// What somebody wants to have measured.
struct LatencyWishes {
    private static let kinds = Flag(
        "kind", .choices(LatencyReport.Kind.self), "speech of the text, or a spoken answer to it",
        fallback: "speech")
    private static let text = Flag("text", .text("TEXT"), "what is spoken or answered")
    private static let textFile = Flag("text-file", .file("FILE"), "the same in a file")
    private static let runs = Flag("runs", .integer("N", in: 1...10_000), "how often each is asked", fallback: "5")
    private static let concurrency = Flag(
        "concurrency", .integers("LIST", in: 1...200), "answers at once", fallback: "1")
    private static let rates = Flag(
        "rate", .integers("LIST", in: 8_000...192_000), "samples per second that are passed on", fallback: "24000")
    private static let opusFrames = Flag(
        "opus-frame", .integers("LIST", in: 5...60),
        "milliseconds of Opus frames; without it, plain samples are passed on"
    )
    private static let chunks = Flag(
        "chunk", .integers("LIST", in: 5...5_000),
        "milliseconds of the pieces that are passed on; without it, as they come")
    private static let target = Flag(
        "target-first-sound", .milliseconds("TIME"), "recommend what is heard within so long, at the least cost")
    private static let simulation = Flag(
        "simulate", .simulation, "a service whose delays are known, on a clock that is not real")
    private static let realClock = Flag(
        "real-clock", .switch, "the simulated service as a server on this machine, in real time")
    private static let seed = Flag(
        "seed", .integer("N", in: 0...Int(Int32.max)), "which of its random delays", fallback: "1")
    private static let output = Flag(
        "output", letter: "o", .file("FOLDER"), "where report.json and report.html go")

    static let flags: [any DeclaredFlag] = [
        kinds, text, textFile, runs, concurrency, rates, opusFrames, chunks, target, simulation, realClock, seed,
        output,
    ]

    let plan: LatencyBench.Plan
    let folder: String?
    let targetMs: Double?
    let simulated: (text: String, timing: SimulatedTiming)?
    let isReal: Bool
    let randomSeed: UInt64
    let words: InputText

    private static let usualText =
        "The quick brown fox jumps over the lazy dog. It is the oldest sentence that has every letter in it."
    /// Opus has no others.
    private static let possibleFrames = [5, 10, 20, 40, 60]

    init(_ typed: TypedArguments, voice: String?) throws(CommandError) {
        guard typed[Self.text] == nil || typed[Self.textFile] == nil else {
            throw CommandError(.wrongUse, "two texts were given", hint: "--text or --text-file")
        }
        words = typed[Self.textFile].map { .file($0) } ?? .typed(typed[Self.text] ?? Self.usualText)
        var plan = LatencyBench.Plan()
        plan.kinds = typed[Self.kinds] ?? plan.kinds
        plan.voice = voice
        plan.runs = typed[Self.runs] ?? plan.runs
        plan.concurrencies = typed[Self.concurrency] ?? plan.concurrencies
        plan.rates = typed[Self.rates] ?? plan.rates
        plan.chunks = typed[Self.chunks] ?? plan.chunks
        plan.opusFrames = typed[Self.opusFrames] ?? plan.opusFrames
        plan.leaveOutRepeats()
        let unknown = plan.opusFrames.compactMap(\.self).filter { !Self.possibleFrames.contains($0) }
        guard unknown.isEmpty else {
            throw CommandError(
                .wrongUse, "Opus has no frames of \(unknown[0]) ms", hint: "--opus-frame 5, 10, 20, 40 or 60")
        }
        self.plan = plan
        folder = typed[Self.output].map { $0.count > 1 && $0.hasSuffix("/") ? String($0.dropLast()) : $0 }
        targetMs = typed[Self.target].map { $0 / .milliseconds(1) }
        simulated = typed[Self.simulation].map { ($0.text, $0.timing) }
        isReal = typed.has(Self.realClock)
        randomSeed = UInt64(typed[Self.seed] ?? 1)
        guard simulated != nil || !isReal else {
            throw CommandError(.wrongUse, "only a simulated service has two clocks", hint: "--simulate first=300ms")
        }
    }
}

extension FlagType<Duration> {
    /// A short time.
    static func milliseconds(_ placeholder: String) -> FlagType {
        let kind = FlagKind(
            placeholder, "a time such as 400ms or 1.5s", accepted: ["400ms", "1.5s", "400"],
            refused: ["", "x", "-1ms", "nan", "61s"])
        return FlagType(kind: kind) { Duration(milliseconds: $0) }
    }
}

/// A simulated service, as it was typed.
struct SimulationWish: Sendable {
    let text: String
    let timing: SimulatedTiming
}

extension FlagType<SimulationWish> {
    /// The delays of a simulated service.
    static var simulation: FlagType {
        let kind = FlagKind(
            "DELAYS", "delays such as first=300ms,chunk=100ms,every=80ms,jitter=20ms,stall=1%:500ms,length=10s",
            accepted: ["first=300ms", "first=300ms,chunk=100ms,jitter=20ms,stall=1%", "stall=2%:500ms", "length=10s"],
            refused: ["", "first", "first=x", "last=3ms", "chunk=0ms", "stall=200%", "first=300ms,"])
        return FlagType(kind: kind) { text in
            SimulatedTiming(text).map { SimulationWish(text: text, timing: $0) }
        }
    }
}
