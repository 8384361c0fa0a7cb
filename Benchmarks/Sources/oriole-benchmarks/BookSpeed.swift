internal import Foundation
internal import Oriole
internal import Synchronization

/// The lines of “Audiobooks”: the use of an account, memory for a million characters, and whole books through the offline engine.
enum BookSpeed {
    /// How much of the account's quota is used while a book is spoken.
    static func quota() async throws -> [Measurement] {
        let engine = TimedSpeaker(concurrency: 5, services: (0..<4_096).map { CaptionSpeed.seconds(of: $0) / 4 })
        let took = try await narrated(book(characters: 300_000), by: engine).seconds
        let ideal = engine.spent / 5
        return [
            Measurement(
                name: "300,000 characters spoken by five at once, of the least time that this can take",
                value: ideal / took * 100, unit: "%", goal: .atLeast(97),
                peers: ["seconds": took, "ideal": ideal, "requests": Double(engine.count)])
        ]
    }

    /// What stays in memory while a book of any length is made.
    static func lengths() throws -> [Measurement] {
        let (short, long) = (try part(100_000), try part(1_000_000))
        return [
            Measurement(
                name: "a book of a million characters, memory", value: long["memory", default: .nan], unit: "MiB",
                goal: .atMost(150), peers: ["100,000 characters": short["memory", default: .nan]]),
            Measurement(
                name: "CPU for a character of a book, at a million beside 100,000",
                value: long["cpu", default: .nan] / short["cpu", default: .nan] / 10, unit: "× 100,000",
                goal: .atMost(1.2), peers: ["s at a million": long["cpu", default: .nan]]),
        ]
    }

    /// Whole books of the material, as anybody makes them: every sentence once and in order, as loud as they should be.
    static func whole() async throws -> [Measurement] {
        guard let folder = ProcessInfo.processInfo.environment["ORIOLE_TESTDATA"] else { return [] }
        var measurements: [Measurement] = []
        for name in ["text/alice29.txt", "text/sanguo_1-12.txt", "epub/se_sherlock-holmes.epub"] {
            let book = try Book(path: "\(folder)/\(name)")
            var settings = ScriptSettings()
            settings.packsSentences = false
            let chapters = book.chapters.filter { !$0.isApart }
            let script = Script(chapters, language: book.language, settings)
            let made = try await narrated(script, by: OfflineEngine())
            let hours = Double(made.narration.frameCount) / 24_000 / 3_600
            let said = made.narration.sentences.map(\.text).joined(separator: "\n")
            measurements.append(
                Measurement(
                    name: "\(name), sentences not said once and in order", value: said == script.text ? 0 : 1, unit: "",
                    goal: .atMost(0),
                    peers: [
                        "hours": hours, "sentences": Double(made.narration.sentences.count), "seconds": made.seconds,
                        "doubtful": Double(made.narration.faults.count),
                    ]))
            measurements.append(
                Measurement(
                    name: "\(name), loudness", value: abs((made.mastering.loudness ?? 0) + 18), unit: "LU from -18",
                    goal: .atMost(0.5), peers: ["true peak": made.mastering.truePeak ?? .nan]))
        }
        return measurements
    }

    /// What ``lengths()`` runs in a process of its own: prints its figures as JSON.
    static func runPart(characters: Int) async throws {
        let script = book(characters: characters)
        let before = CaptionSpeed.processorSeconds()
        _ = try await narrated(script, by: TimedSpeaker(concurrency: 5, services: [0]), writes: true)
        let figures = ["cpu": CaptionSpeed.processorSeconds() - before, "memory": CaptionSpeed.peakMebibytes()]
        FileHandle.standardOutput.write(try JSONEncoder().encode(figures))
    }

    private static func part(_ characters: Int) throws -> [String: Double] {
        try CaptionSpeed.part(["books", "\(characters)"])
    }

    /// A book of chapters that differ from each other in every sentence.
    private static func book(characters: Int) -> Script {
        let words = [
            "river", "lantern", "morning", "station", "winter", "garden", "window", "letter", "harbour", "mountain",
        ]
        var chapters: [Chapter] = []
        var (count, number) = (0, 0)
        while count < characters {
            let paragraphs = (0..<40).map { _ in
                let sentences = (0..<4).map { _ in
                    number += 1
                    let said = (0..<12).map { words[(number * 7 + $0 * (number % 9 + 1)) % words.count] }
                    return "Number \(number) is \(said.joined(separator: " "))."
                }
                return Paragraph(.text, sentences.joined(separator: " "))
            }
            chapters.append(Chapter(title: "Chapter \(chapters.count + 1)", paragraphs: paragraphs))
            count += chapters[chapters.count - 1].characterCount
        }
        return Script(chapters, language: "en")
    }

    private static func narrated(
        _ script: Script, by engine: any SpeechSynthesizer, writes: Bool = false
    ) async throws -> (narration: Narration, mastering: Mastering, seconds: Double) {
        let path = NSTemporaryDirectory() + "oriole-book-\(UInt64.random(in: 0...UInt64.max)).opus"
        let recording = try Recording(beside: path)
        let began = ContinuousClock.now
        let narration = try await recording.narrate(script, by: engine)
        let seconds = (ContinuousClock.now - began) / .seconds(1)
        let mastering = try await Mastering.find(for: narration, in: recording, target: -18)
        if writes {
            var settings = BookMaker.Settings(format: .opus)
            settings.mastering = mastering
            let book = Book(title: "A book", chapters: [])
            _ = try await BookMaker(book, narration, in: recording, settings).makeWhole(at: path)
            try FileManager.default.removeItem(atPath: path)
        }
        try recording.remove()
        return (narration, mastering, seconds)
    }
}

/// An engine that says a tone for each syllable after a while, and counts how long it took.
private final class TimedSpeaker: SpeechSynthesizer {
    let speechLimits: EngineLimits
    private let services: [Double]
    private let gate: RequestGate
    private let state = Mutex((count: 0, spent: 0.0))

    init(concurrency: Int, services: [Double]) {
        speechLimits = EngineLimits(concurrentRequests: concurrency, textCharacters: 1_024)
        self.services = services
        gate = RequestGate(limit: concurrency)
    }

    var count: Int { state.withLock { $0.count } }
    var spent: Double { state.withLock { $0.spent } }

    func speak(_ request: SpeechRequest) throws(RemoteError) -> sending EngineStream<SpeechChunk> {
        EngineStream(Source(speaker: self, text: request.text))
    }

    private func wait() async throws(RemoteError) {
        let pass = try await gate.enter()
        defer { pass.leave() }
        let seconds = state.withLock { state in
            defer { state.count += 1 }
            let seconds = services[state.count % services.count]
            state.spent += seconds
            return seconds
        }
        if seconds > 0 { try? await Task.sleep(for: .seconds(seconds)) }
    }

    private final class Source: EngineSource {
        private let speaker: TimedSpeaker
        private let text: String
        private var isOver = false
        private static let word = (0..<4_800).map {
            Int16(4_000 * sin(Double($0) * 0.05) * sin(Double($0) / 4_800 * .pi))
        }

        init(speaker: TimedSpeaker, text: String) { (self.speaker, self.text) = (speaker, text) }

        func next() async throws(RemoteError) -> SpeechChunk? {
            guard !isOver else { return nil }
            isOver = true
            try await speaker.wait()
            var samples = [Int16](repeating: 0, count: 2_400)
            for word in text.split(separator: " ") {
                samples += Self.word
                if word.hasSuffix(".") { samples += [Int16](repeating: 0, count: 9_600) }
            }
            let format = PCMFormat(rate: 24_000, channels: 1)
            let chunk = PCMChunk(format: format, start: MediaTime(frames: 0, rate: 24_000), samples: samples)
            return SpeechChunk(audio: chunk, index: 0, arrival: .now)
        }
    }
}
