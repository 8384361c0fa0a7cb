internal import AudioCore
internal import Speech

/// A service whose delays are known: what a bench finds can be held against them.
struct SimulatedTiming: Hashable, Sendable {
    /// Until the first piece.
    var first = Duration.milliseconds(300)
    /// How long a piece sounds.
    var chunk = Duration.milliseconds(100)
    /// From piece to piece; nil for as long as one sounds.
    var every: Duration?
    /// By how much a piece comes later, at most and at random; those behind it do not wait for it.
    var jitter = Duration.zero
    /// The share of pieces that come very late, with all that follow.
    var stalls = 0.0
    /// How late.
    var stall = Duration.seconds(1)
    /// How long an answer sounds; nil for as long as its text.
    var length: Duration?

    init() {}

    /// Reads `first=300ms,chunk=100ms,jitter=20ms,stall=1%`; nil for what is none.
    init?(_ text: String) {
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            let halves = part.split(separator: "=", maxSplits: 1)
            guard halves.count == 2, set(String(halves[0]), String(halves[1])) else { return nil }
        }
        guard chunk > .zero, chunk <= .seconds(10) else { return nil }
    }

    private mutating func set(_ name: String, _ value: String) -> Bool {
        if name == "stall" {
            let parts = value.split(separator: ":", maxSplits: 1)
            guard let share = parts.first, share.hasSuffix("%"), let percent = Double(share.dropLast()),
                (0...100).contains(percent)
            else { return false }
            stalls = percent / 100
            guard parts.count == 2 else { return true }
            guard let time = Duration(milliseconds: String(parts[1])) else { return false }
            stall = time
            return true
        }
        guard let time = Duration(milliseconds: value) else { return false }
        switch name {
        case "first": first = time
        case "chunk": chunk = time
        case "every": every = time
        case "jitter": jitter = time
        case "length": length = time
        default: return false
        }
        return true
    }

    /// When the pieces of one answer are there, from the question on.
    func arrivals(count: Int, _ random: inout some RandomNumberGenerator) -> [Duration] {
        var late = Duration.zero
        var last = Duration.zero
        return (0..<count).map { index in
            if index > 0, stalls > 0, Double.random(in: 0..<1, using: &random) < stalls { late += stall }
            let around = jitter > .zero ? jitter * Double.random(in: 0...1, using: &random) : .zero
            // The bytes of a stream come in order.
            last = max(last, first + (every ?? chunk) * index + late + around)
            return last
        }
    }
}

extension Duration {
    /// Reads `300ms`, `1.5s` or `300`, which are milliseconds; a minute at most.
    init?(milliseconds text: String) {
        let (number, unit): (Substring, Double) =
            text.hasSuffix("ms")
            ? (text.dropLast(2), 1) : text.hasSuffix("s") ? (text.dropLast(), 1_000) : (text[...], 1)
        guard let value = Double(String(number)), (0...60_000).contains(value * unit) else { return nil }
        self = .microseconds((value * unit * 1_000).rounded())
    }
}

/// The time by which a bench measures.
enum BenchClock: Sendable {
    case real
    /// Nobody waits: it is always the same moment, and what comes only says when it was there.
    case virtual(ContinuousClock.Instant)

    var isReal: Bool {
        if case .real = self { true } else { false }
    }

    var now: ContinuousClock.Instant {
        switch self {
        case .real: .now
        case .virtual(let moment): moment
        }
    }

    /// Waits, where there is something to wait for.
    func wait(until moment: ContinuousClock.Instant) async throws(RemoteError) {
        guard case .real = self else { return }
        do {
            try await Task.sleep(until: moment, tolerance: .zero)
        } catch {
            throw RemoteError(.cancelled, "the task was cancelled")
        }
    }
}

/// The simulated service as an engine: it speaks a tone, in pieces that come when the timing says.
///
/// On a clock that is not real nobody waits: the pieces only say when they were there.
final class SimulatedService: SpeechSynthesizer, VoiceConversation {
    private let timing: SimulatedTiming
    private let clock: BenchClock
    private let random: SharedRandom

    init(_ timing: SimulatedTiming, on clock: BenchClock, seed: UInt64) {
        (self.timing, self.clock) = (timing, clock)
        random = SharedRandom(seed)
    }

    var speechLimits: EngineLimits { EngineLimits(concurrentRequests: 64) }

    func speak(_ request: SpeechRequest) throws(RemoteError) -> sending EngineStream<SpeechChunk> {
        EngineStream(SimulatedSpeech(arrivals(for: request.text), timing.chunk, clock))
    }

    func answer(_ request: VoiceRequest) async throws(RemoteError) -> sending EngineStream<VoiceEvent> {
        guard case .user(let text, _)? = request.turns.last else { return EngineStream(SimulatedAnswer(nil)) }
        let speech = SimulatedSpeech(arrivals(for: text ?? ""), timing.chunk, clock)
        return EngineStream(SimulatedAnswer(speech))
    }

    /// A text is spoken in a quarter of a second for each of its characters, where nobody says how long it is.
    private func arrivals(for text: String) -> [Duration] {
        let length = timing.length ?? .milliseconds(250) * min(max(text.count, 4), 2_000)
        let count = max(Int((length / timing.chunk).rounded(.up)), 1)
        return random.with { timing.arrivals(count: count, &$0) }
    }
}

/// Pieces of a tone.
private final class SimulatedSpeech: EngineSource {
    private let began: ContinuousClock.Instant
    private let arrivals: [Duration]
    private let samples: [Int16]
    private let clock: BenchClock
    private var index = 0

    private static let format = PCMFormat(rate: 24_000, channels: 1)

    init(_ arrivals: [Duration], _ chunk: Duration, _ clock: BenchClock) {
        (self.arrivals, self.clock, began) = (arrivals, clock, clock.now)
        let count = max(Int((chunk / .seconds(1) * Double(Self.format.rate)).rounded()), 1)
        // A square wave: it is heard from its first sample on.
        samples = (0..<count).map { $0 % 100 < 50 ? 4_000 : -4_000 }
    }

    func next() async throws(RemoteError) -> SpeechChunk? {
        guard index < arrivals.count else { return nil }
        let arrival = began + arrivals[index]
        try await clock.wait(until: arrival)
        defer { index += 1 }
        return SpeechChunk(
            audio: PCMChunk(
                format: Self.format, start: MediaTime(frames: index * samples.count, rate: Self.format.rate),
                samples: samples), index: index, arrival: arrival)
    }
}

private final class SimulatedAnswer: EngineSource {
    private let speech: SimulatedSpeech?
    private var hasSaid = false

    init(_ speech: SimulatedSpeech?) { self.speech = speech }

    func next() async throws(RemoteError) -> VoiceEvent? {
        guard hasSaid else {
            hasSaid = true
            return .text("…")
        }
        return try await speech?.next().map { .audio($0) }
    }
}
