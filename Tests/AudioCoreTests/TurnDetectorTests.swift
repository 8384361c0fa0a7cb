import AudioCore
import TestSupport
import Testing

/// When somebody begins to speak and has ended, in live sound.
@Suite(.needsOptimization) struct TurnDetectorTests {
    /// Somebody speaks from the third to the eighth second, and again fifteen seconds later, over quiet noise.
    private static let voice = Signals.voice(seconds: 25)

    private static func events(_ samples: [Float], cut: Int) -> [TurnDetector.Event] {
        var detector = TurnDetector()
        var events: [TurnDetector.Event] = []
        for begin in stride(from: 0, to: samples.count, by: cut) {
            let piece = Array(samples[begin..<min(begin + cut, samples.count)])
            events += detector.add(piece.span)
        }
        return events
    }

    @Test func `turns are told once each, however the sound is cut`() {
        let whole = Self.events(Self.voice, cut: Self.voice.count)
        #expect(whole.count == 4)
        for (event, time) in zip(whole, [3_000.0, nil, 18_000, nil]) {
            guard case .began(let moment) = event, let time else { continue }
            #expect(abs(moment / .milliseconds(1) - time) < 200, "\(moment)")
        }
        for cut in [160, 1_000, 7_777] {
            #expect(Self.events(Self.voice, cut: cut) == whole)
        }
    }

    @Test func `silence, noise and a click are no turn`() {
        var random = SplitMix64(3)
        let noise = (0..<160_000).map { _ in Float(Double(random.next() >> 40) / Double(1 << 24) - 0.5) * 0.02 }
        #expect(Self.events(noise, cut: 1_600).isEmpty)
        #expect(Self.events([Float](repeating: 0, count: 160_000), cut: 1_600).isEmpty)
        var click = [Float](repeating: 0, count: 80_000)
        for index in 40_000..<40_800 { click[index] = index.isMultiple(of: 2) ? 0.8 : -0.8 }
        #expect(Self.events(click, cut: 1_600).isEmpty)
    }

    @Test func `a cutter gives the turns with what was before them, and nothing between`() {
        var cutter = TurnCutter()
        var turns: [(start: Duration, samples: [Float])] = []
        for begin in stride(from: 0, to: Self.voice.count, by: 1_000) {
            for event in cutter.add(Array(Self.voice[begin..<min(begin + 1_000, Self.voice.count)])) {
                switch event {
                case .began(let time): turns.append((time, []))
                case .sound(let sound): turns[turns.count - 1].samples += sound
                case .ended: #expect(!cutter.isInTurn || turns.count == 1)
                }
            }
        }
        #expect(turns.count == 2)
        for turn in turns {
            // Where in the recording it is: the turn begins up to 600 ms before its speech.
            let place = Self.voice.indices.first { Self.voice[$0...].starts(with: turn.samples.prefix(400)) } ?? 0
            let speech = Int(turn.start / .milliseconds(1)) * 16
            #expect((3_000...9_700).contains(speech - place), "\(speech - place)")
            #expect(Self.voice[place..<place + turn.samples.count].elementsEqual(turn.samples))
        }
    }

    @Test func `no turn is longer than the longest`() {
        var cutter = TurnCutter(TurnDetector.Rules(threshold: 0.01, silence: .seconds(10)), longest: .seconds(2))
        var (lengths, length) = ([Int](), 0)
        for event in cutter.add(Self.voice) {
            switch event {
            case .began: length = 0
            case .sound(let sound): length += sound.count
            case .ended: lengths.append(length)
            }
        }
        #expect(!lengths.isEmpty && lengths.allSatisfy { $0 <= 33_600 })
    }
}
