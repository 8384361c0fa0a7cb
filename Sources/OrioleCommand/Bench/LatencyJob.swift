internal import AudioCore
internal import GLMSpeech
internal import HTTPTransport
internal import Jobs
internal import Platform
internal import Speech
internal import SpeechServer

#if canImport(FoundationEssentials)
    internal import FoundationEssentials
#else
    internal import Foundation
#endif

/// A bench of latency from the wishes to the report.
struct LatencyJob {
    private let wishes: LatencyWishes
    private let configuration: Configuration
    private let isVerbose: Bool
    private let isQuiet: Bool
    private let printsJSON: Bool
    private let form: Progress.Form

    init(_ typed: TypedArguments, _ configuration: Configuration) throws(CommandError) {
        wishes = try LatencyWishes(typed, voice: try configuration.value(Settings.voice))
        self.configuration = configuration
        isVerbose = typed.has(Engines.verbose)
        isQuiet = typed.has(CommonFlag.quiet)
        printsJSON = typed.has(CommonFlag.json)
        form = try configuration.value(Settings.progress, or: .auto).form(isQuiet: isQuiet)
    }

    func run() async throws(CommandError) {
        var plan = wishes.plan
        plan.text = try wishes.words.read()
        guard plan.text.contains(where: { !$0.isWhitespace }) else {
            throw CommandError(.unusableInput, "there is nothing to speak", hint: "--text or --text-file")
        }
        if let folder = wishes.folder {
            try OutputFlags.check(place: OutputFile.isFolder(folder) ? folder + "/report.json" : folder)
        }
        let report: LatencyReport
        if let simulated = wishes.simulated, wishes.isReal {
            report = try await served(simulated.timing, plan)
        } else if let simulated = wishes.simulated {
            let clock = BenchClock.virtual(.now)
            let service = SimulatedService(simulated.timing, on: clock, seed: wishes.randomSeed)
            report = try await measure(
                plan, clock,
                LatencyBench.Service(name: "a simulated service", hasWire: true) { _ in (service, service) })
        } else {
            report = try await measure(plan, .real, try engine())
        }
        try tell(report)
    }

    /// The engine that is set; each answer has a client of its own, and with it a connection.
    private func engine() throws(CommandError) -> LatencyBench.Service {
        let engines = try Engines(configuration, isVerbose: isVerbose)
        if !isQuiet && !printsJSON { try engines.explain(configuration) }
        let (configuration, isVerbose) = (configuration, isVerbose)
        let place = engines.service.map { " at \($0.baseURL)" } ?? ""
        return LatencyBench.Service(
            name: "\(engines.name.rawValue)\(engines.speechModel.isEmpty ? "" : " \(engines.speechModel)")\(place)",
            hasWire: engines.client != nil
        ) { log throws(CommandError) in
            let engines = try Engines(configuration, isVerbose: isVerbose, log: log)
            return (engines.speech, engines.conversation)
        }
    }

    /// The simulated service behind a server on this machine: all of the way that sound goes is real.
    private func served(
        _ timing: SimulatedTiming, _ plan: LatencyBench.Plan
    ) async throws(CommandError) -> LatencyReport {
        let simulated = SimulatedService(timing, on: .real, seed: wishes.randomSeed)
        let local = try LocalService(ServerEngines(speech: simulated, hearing: Deaf(), conversation: simulated))
        let service = LatencyBench.Service(name: "a simulated service on this machine", hasWire: true) {
            log throws(CommandError) in
            let client = try local.client(log)
            return (client, client)
        }
        return try await local.serve { () async throws(CommandError) in try await measure(plan, .real, service) }
    }

    private func measure(
        _ plan: LatencyBench.Plan, _ clock: BenchClock, _ service: LatencyBench.Service
    ) async throws(CommandError) -> LatencyReport {
        let bench = LatencyBench(plan: plan, service: service, clock: clock)
        let meter = ProgressMeter("measuring", form: printsJSON ? .none : form)
        let results = try await bench.results { meter.show(Double($0) / Double(bench.answerCount)) }
        meter.finish()
        return LatencyReport(
            version: LatencyReport.currentVersion, engine: service.name, simulated: wishes.simulated?.text,
            isReal: clock.isReal, machine: Machine.text, characters: plan.text.count, results: results,
            recommendation: Recommendation(results, target: wishes.targetMs))
    }

    private func tell(_ report: LatencyReport) throws(CommandError) {
        if let folder = wishes.folder {
            try Self.make(folder)
            try Terminal.write(Terminal.json(report) + "\n", to: folder + "/report.json")
            try Terminal.write(ReportPage(report).html, to: folder + "/report.html")
        }
        guard !printsJSON else { return try Terminal.print(Terminal.json(report)) }
        try Terminal.print("times in milliseconds; \(report.engine)\n" + LatencyTable.text(report.results))
        try Terminal.print(report.recommendation?.text ?? "nothing is recommended: too many answers failed")
        for result in report.results where !isQuiet {
            for (message, count) in result.failures.sorted(by: { $0.key < $1.key }) {
                Terminal.say("note: \(counted(count, "answer")) failed: \(message)")
            }
        }
        if let folder = wishes.folder, !isQuiet { Terminal.say("\(folder)/report.html, \(folder)/report.json") }
    }

    private static func make(_ folder: String) throws(CommandError) {
        do throws(SystemError) {
            try OutputFile.makeFolder(for: folder + "/report.json")
        } catch {
            throw CommandError(AudioError(error))
        }
    }
}

/// The simulated service hears nothing.
private struct Deaf: Transcriber {
    let transcriptionLimits = EngineLimits(concurrentRequests: 1)

    func transcribe(_ clip: AudioClip, _ options: TranscriptionOptions) throws(RemoteError) -> Transcript {
        throw RemoteError(.unsupported, "the simulated service hears nothing")
    }

    func transcribeAsItComes(
        _ clip: AudioClip, _ options: TranscriptionOptions
    ) throws(RemoteError) -> sending EngineStream<String> {
        throw RemoteError(.unsupported, "the simulated service hears nothing")
    }
}

extension LatencyReport {
    private static let mostBytes = 256 << 20

    /// Reads a report that was kept.
    init(keptIn path: String) throws(CommandError) {
        let bytes: [UInt8]
        do throws(SystemError) {
            bytes = try OpenFile.contents(of: path, limit: Self.mostBytes)
        } catch {
            throw CommandError(AudioError(error))
        }
        guard let report = try? JSONDecoder().decode(LatencyReport.self, from: Data(bytes)),
            report.version == Self.currentVersion
        else {
            throw CommandError(
                .unusableInput, "\(path) is no report of this program", hint: "oriole bench latency -o FOLDER makes one"
            )
        }
        self = report
    }
}
