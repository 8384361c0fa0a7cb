import AudioCore
import Speech
import Synchronization
import TestSupport

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// An engine that speaks as ``SpokenTone`` does, counts what it is asked, and does wrong what it is told to do wrong.
final class FakeSpeaker: SpeechSynthesizer {
    /// What it does instead of speaking well.
    enum Fault: Sendable {
        case silent, humming, hissing, cutShort, dragging, refused, down
    }

    let speechLimits: EngineLimits
    private let state: Mutex<State>

    private struct State {
        /// By a piece of the text: what goes wrong, and how often.
        var faults: [String: (Fault, Int)] = [:]
        var asked: [SpeechRequest] = []
        var inFlight = 0
        var mostInFlight = 0
    }

    init(concurrentRequests: Int = 3, faults: [String: (Fault, Int)] = [:]) {
        speechLimits = EngineLimits(concurrentRequests: concurrentRequests, textCharacters: 1_024)
        state = Mutex(State(faults: faults))
    }

    /// The texts that it was asked for, in the order in which the requests came.
    var texts: [String] { state.withLock { $0.asked.map(\.text) } }
    var requests: [SpeechRequest] { state.withLock { $0.asked } }
    var mostInFlight: Int { state.withLock { $0.mostInFlight } }

    func speak(_ request: SpeechRequest) throws(RemoteError) -> sending EngineStream<SpeechChunk> {
        let fault = state.withLock { state -> Fault? in
            state.asked.append(request)
            guard let key = state.faults.keys.first(where: { request.text.contains($0) }),
                let (fault, times) = state.faults[key], times > 0
            else { return nil }
            state.faults[key] = (fault, times - 1)
            return fault
        }
        return EngineStream(Source(speaker: self, request: request, fault: fault))
    }

    fileprivate func count(_ change: Int) {
        state.withLock { state in
            state.inFlight += change
            state.mostInFlight = max(state.mostInFlight, state.inFlight)
        }
    }

    private final class Source: EngineSource {
        private let speaker: FakeSpeaker
        private let request: SpeechRequest
        private let fault: Fault?
        private var isOver = false

        init(speaker: FakeSpeaker, request: SpeechRequest, fault: Fault?) {
            (self.speaker, self.request, self.fault) = (speaker, request, fault)
        }

        func next() async throws(RemoteError) -> SpeechChunk? {
            guard !isOver else { return nil }
            isOver = true
            speaker.count(1)
            defer { speaker.count(-1) }
            // Others get their turn, so that answers come in another order than requests.
            for _ in 0..<request.text.utf8.count % 7 { await Task.yield() }
            var samples = SpokenTone.samples(request.text)
            switch fault {
            case .silent: samples = [Int16](repeating: 0, count: samples.count)
            case .humming: samples = samples.indices.map { Int16(6_000 * sin(Double($0) / 24_000 * 2 * .pi * 60)) }
            case .hissing:
                var random = SplitMix64(3)
                samples = samples.map { _ in Int16.random(in: -4_000...4_000, using: &random) }
            case .cutShort: samples = Array(samples.prefix(samples.count / 4))
            case .dragging: samples = SpokenTone.samples(request.text, slowness: 3)
            case .refused: throw RemoteError(.contentRefused, "sensitive words")
            case .down: throw RemoteError(.serviceFailed, "the service is down")
            case nil: break
            }
            let format = PCMFormat(rate: SpokenTone.rate, channels: 1)
            return SpeechChunk(
                audio: PCMChunk(format: format, start: MediaTime(frames: 0, rate: format.rate), samples: samples),
                index: 0, arrival: .now)
        }
    }
}
