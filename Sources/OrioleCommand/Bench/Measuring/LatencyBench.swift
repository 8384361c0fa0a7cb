internal import AudioCore
internal import HTTPTransport
internal import Speech
internal import Synchronization

/// Asks a service over and over, and finds what ways of passing its sound on come to.
///
/// The service is asked once for each answer and each number at once; what rates, pieces and frames add is worked out of when its
/// sound came, with the cost of our own work measured on that sound.
struct LatencyBench: Sendable {
    let plan: Plan
    let service: Service
    let clock: BenchClock

    /// What is to be measured.
    struct Plan: Sendable {
        var kinds: [LatencyReport.Kind] = [.speech]
        var text = ""
        var voice: String?
        var runs = 5
        var concurrencies = [1]
        var rates = [24_000]
        var chunks: [Int?] = [nil]
        var opusFrames: [Int?] = [nil]

        /// What is said twice is measured once.
        mutating func leaveOutRepeats() {
            kinds = Self.once(kinds)
            concurrencies = Self.once(concurrencies)
            rates = Self.once(rates)
            chunks = Self.once(chunks)
            opusFrames = Self.once(opusFrames)
        }

        private static func once<Element: Hashable>(_ list: [Element]) -> [Element] {
            var known: Set<Element> = []
            return list.filter { known.insert($0).inserted }
        }
    }

    /// Who is measured.
    struct Service: Sendable {
        let name: String
        /// Whether sound comes as events over a wire.
        let hasWire: Bool
        /// A new client; it tells its log of each exchange.
        let client: @Sendable (TransportLog) throws(CommandError) -> Client
    }

    typealias Client = (speech: any SpeechSynthesizer, conversation: any VoiceConversation)

    /// Answers so far, for somebody who waits.
    typealias Progress = @Sendable (_ done: Int) -> Void

    /// Measures everything.
    ///
    /// - Throws: what the first answer failed with, when every one failed.
    func results(_ progress: Progress = { _ in }) async throws(CommandError) -> [LatencyReport.Result] {
        var results: [LatencyReport.Result] = []
        var failure: CommandError?
        var done = 0
        for kind in plan.kinds {
            for concurrency in plan.concurrencies {
                let answers = try await answers(kind, concurrency) {
                    done += 1; progress(done)
                }
                results += try evaluate(kind, concurrency, answers)
                if case .failure(let error)? = answers.first(where: { (try? $0.get()) == nil }) {
                    failure = failure ?? error
                }
            }
        }
        // Where some were answered, the others are told as failures.
        if let failure, results.allSatisfy({ $0.count == 0 }) { throw failure }
        return results
    }

    /// How many answers there will be.
    var answerCount: Int { plan.kinds.count * plan.concurrencies.reduce(0) { $0 + $1 * plan.runs } }

    private func evaluate(
        _ kind: LatencyReport.Kind, _ concurrency: Int, _ answers: [Result<Answer, CommandError>]
    ) throws(CommandError) -> [LatencyReport.Result] {
        let whole = answers.compactMap { try? $0.get() }
        let failures = answers.reduce(into: [String: Int]()) { counts, answer in
            if case .failure(let error) = answer { counts[error.message, default: 0] += 1 }
        }
        var results: [LatencyReport.Result] = []
        for rate in plan.rates {
            for frame in plan.opusFrames {
                var setting = PassingOn(concurrency: concurrency, rate: rate, opusFrame: frame)
                let costs = try costs(of: whole.first, kind, setting)
                for chunk in plan.chunks {
                    setting.chunk = chunk
                    results.append(
                        .init(
                            kind, setting, whole.map(\.trace), failures: failures, costs, takesTime: clock.isReal))
                }
            }
        }
        return results
    }

    /// What our work on an answer costs; in what pieces it is passed on makes no difference to that.
    private func costs(
        of answer: Answer?, _ kind: LatencyReport.Kind, _ setting: PassingOn
    ) throws(CommandError) -> StageCosts {
        guard let answer, let format = answer.format else { return .none }
        // The frames of answers are others than those of speech.
        return try StageCosts(
            of: answer.sound, in: format, setting, hasWire: service.hasWire && kind == .speech)
    }
}

// MARK: - Answers

extension LatencyBench {
    /// One answer, with the sound of it that stands for all.
    fileprivate struct Answer: Sendable {
        var trace = StreamTrace()
        var sound: [Int16] = []
        var format: PCMFormat?
    }

    fileprivate static let mostSamples = 480_000

    /// Rounds of so many at once.
    private func answers(
        _ kind: LatencyReport.Kind, _ concurrency: Int, _ progress: () -> Void
    ) async throws(CommandError) -> [Result<Answer, CommandError>] {
        var answers: [Result<Answer, CommandError>] = []
        for _ in 0..<plan.runs {
            answers += await withTaskGroup(of: Result<Answer, CommandError>.self) { group in
                for _ in 0..<concurrency { group.addTask { await outcome(kind) } }
                var round: [Result<Answer, CommandError>] = []
                for await answer in group {
                    round.append(answer)
                    progress()
                }
                return round
            }
            guard !Task.isCancelled else { throw CommandError(.interrupted, "interrupted") }
        }
        return answers
    }

    private func outcome(_ kind: LatencyReport.Kind) async -> Result<Answer, CommandError> {
        do throws(CommandError) { return .success(try await answer(kind)) } catch { return .failure(error) }
    }

    private func answer(_ kind: LatencyReport.Kind) async throws(CommandError) -> Answer {
        let exchange = NotedExchange()
        let client = try service.client(TransportLog { exchange.note($0) })
        var answer = Answer()
        let began = clock.now
        do throws(RemoteError) {
            switch kind {
            case .speech:
                var stream = try client.speech.speak(SpeechRequest(plan.text, voice: plan.voice)).makeAsyncIterator()
                while let chunk = try await stream.next() { answer.add(chunk, since: began) }
            case .voice:
                let request = VoiceRequest(turns: [.user(text: plan.text, clip: nil)])
                var stream = try await client.conversation.answer(request).makeAsyncIterator()
                while let event = try await stream.next() {
                    if case .audio(let chunk) = event { answer.add(chunk, since: began) }
                }
            }
        } catch {
            throw CommandError(error)
        }
        guard !answer.trace.pieces.isEmpty else { throw CommandError(.serviceFailed, "the answer has no sound") }
        (answer.trace.connected, answer.trace.firstByte) = exchange.times
        return answer
    }
}

extension LatencyBench.Answer {
    fileprivate mutating func add(_ chunk: SpeechChunk, since began: ContinuousClock.Instant) {
        trace.add(chunk.audio, at: (chunk.arrival - began) / .seconds(1))
        format = format ?? chunk.audio.format
        if sound.count < LatencyBench.mostSamples { sound += chunk.audio.samples }
    }
}

/// What the transport told of an exchange: the first that was answered.
private final class NotedExchange: Sendable {
    private let noted = Mutex<TransportLog.Event?>(nil)

    func note(_ event: TransportLog.Event) {
        noted.withLock { noted in
            if noted == nil, event.status != nil { noted = event }
        }
    }

    var times: (connected: Double?, firstByte: Double?) {
        let event = noted.withLock { $0 }
        return (event?.connecting.map { $0 / .seconds(1) }, event.map { $0.duration / .seconds(1) })
    }
}
