import TestSupport
import Testing

@testable import AudioCore

struct SpeechCutterTests {
    /// Frames as a voice makes them, with pauses of any length, noise between and quiet syllables.
    private static func frames(_ seed: UInt64, count: Int = 20_000) -> [VoiceFrame] {
        var random = SplitMix64(seed)
        var frames: [VoiceFrame] = []
        while frames.count < count {
            let isSpeech = Bool.random(using: &random)
            let longest = isSpeech ? [30, 400, 4_000] : [20, 60, 600]
            let length = Int.random(in: 1...longest[Int.random(in: 0..<3, using: &random)], using: &random)
            // Music may stay between the thresholds for long.
            let isMusic = !isSpeech && Bool.random(using: &random)
            for _ in 0..<(isMusic ? length * 4 : length) {
                guard !isMusic else {
                    frames.append(VoiceFrame(probability: .random(in: 0.25...0.45, using: &random), level: -30))
                    continue
                }
                let probability =
                    isSpeech ? Float.random(in: 0.15...1, using: &random) : Float.random(in: 0...0.6, using: &random)
                let level =
                    isSpeech
                    ? Float.random(in: -40 ... -10, using: &random) : Float.random(in: -90 ... -50, using: &random)
                frames.append(VoiceFrame(probability: isSpeech ? probability : probability * probability, level: level))
            }
        }
        return Array(frames.prefix(count))
    }

    private static func sections(
        _ frames: [VoiceFrame], _ rules: ClipRules = ClipRules(), cut seed: UInt64? = nil
    ) -> [SpeechSection] {
        var cutter = SpeechCutter(rules)
        var sections: [SpeechSection] = []
        for piece in seed.map({ frames.cut(seed: $0, longest: 700) }) ?? [frames[...]] {
            cutter.add(Array(piece).span, appendingTo: &sections)
        }
        cutter.finish(appendingTo: &sections)
        return sections
    }

    @Test(arguments: 0..<30)
    func `sections follow each other, hold all speech, and none is too long`(seed: UInt64) throws {
        let frames = Self.frames(seed)
        for rules in [ClipRules(), ClipRules(limit: .seconds(10)), ClipRules(limit: .seconds(2))] {
            let sections = Self.sections(frames, rules)
            let longest = (rules.longest + rules.lead + rules.tail).frames
            var end = 0
            for section in sections {
                #expect(section.start.frames >= end && section.end > section.start)
                #expect(section.end.frames - section.start.frames <= longest)
                #expect(!section.speech.isEmpty)
                #expect(section.speech.allSatisfy { $0.start >= section.start && $0.end <= section.end })
                end = section.end.frames
            }
            #expect(end <= frames.count)
            // Every stretch is in a section, as a whole or in parts that follow each other.
            var finder = StretchFinder(rules)
            var stretches = frames.compactMap { finder.add($0.probability) }
            if let last = finder.finish() { stretches.append(last) }
            let found = sections.flatMap(\.speech)
            let wanted = stretches.reduce(0) { $0 + $1.count }
            #expect(found.reduce(0) { $0 + $1.end.frames - $1.start.frames } == wanted)
            #expect(found.first?.start.frames == stretches.first?.lowerBound)
            #expect(found.last?.end.frames == stretches.last?.upperBound)
        }
    }

    @Test func `what is neither speech nor silence is forgotten, however long it was, when speech begins`() throws {
        let music = [VoiceFrame](repeating: VoiceFrame(probability: 0.3, level: -30), count: 30_000)
        let voice = [VoiceFrame](repeating: VoiceFrame(probability: 0.9, level: -20), count: 500)
        let speech = try #require(Self.sections(music + voice).first?.speech.first)
        #expect(speech.start.frames == 30_000 - 100 && speech.end.frames == 30_500)
    }

    @Test(arguments: 1...10 as ClosedRange<UInt64>)
    func `how the frames are cut changes nothing`(seed: UInt64) {
        let frames = Self.frames(seed)
        #expect(Self.sections(frames, cut: seed) == Self.sections(frames))
    }

    /// Hours of noise that passes for speech are cut as they come.
    @Test(.needsOptimization) func `what never pauses is cut all the same, in little memory`() {
        var cutter = SpeechCutter()
        var sections: [SpeechSection] = []
        let minute = Array(repeating: VoiceFrame(probability: 1, level: -20), count: 6_000)
        for _ in 0..<180 {
            cutter.add(minute.span, appendingTo: &sections)
            #expect(cutter.keptFrameCount <= 10_100)
        }
        cutter.finish(appendingTo: &sections)
        #expect(sections.count >= 3 * 3_600 / 29)
        #expect(sections.allSatisfy { $0.end.seconds - $0.start.seconds <= 28.6 })
        #expect(sections.last?.end.seconds == 10_800 && sections.first?.start.seconds == 0)
    }

    @Test func `pauses decide, and half of each belongs to either side`() {
        func stretch(_ seconds: Double, _ speaks: Bool) -> [VoiceFrame] {
            Array(
                repeating: VoiceFrame(probability: speaks ? 0.95 : 0.01, level: speaks ? -20 : -70),
                count: Int(seconds * 100))
        }
        let frames =
            stretch(1, false) + stretch(9, true) + stretch(0.4, false) + stretch(9, true) + stretch(1, false)
            + stretch(9, true) + stretch(4, false) + stretch(0.1, true) + stretch(0.5, false) + stretch(2, true)
        let sections = Self.sections(frames)
        #expect(sections.map(\.start.seconds) == [0.75, 10.2, 20.15, 33.75])
        #expect(sections.map(\.end.seconds) == [10.2, 19.75, 29.75, 36])
        #expect(
            sections.map(\.speech.count) == [1, 1, 1, 1] && sections.allSatisfy { !$0.cutsVoice && !$0.isDoubtful })
    }

    @Test func `a short recording is one section, unless it is silent`() {
        let quiet = Array(repeating: VoiceFrame(probability: 0.1, level: -30), count: 120)
        #expect(Self.sections(quiet).map(\.end.seconds) == [1.2] && Self.sections(quiet)[0].isDoubtful)
        #expect(Self.sections(Array(repeating: VoiceFrame(probability: 0.1, level: -90), count: 120)).isEmpty)
        #expect(Self.sections(Array(repeating: VoiceFrame(probability: 0.1, level: -30), count: 400)).isEmpty)
        #expect(Self.sections([]).isEmpty)
    }

    /// The cheapest way is the cheapest of all ways, tried one by one.
    @Test(arguments: 0..<60) func `no other way through the cuts is cheaper`(seed: UInt64) throws {
        var random = SplitMix64(seed)
        let frames = Self.frames(seed, count: 6_000)
        var stretches: [Range<Int>] = []
        var start = 0
        while stretches.count < 4, start < 5_000 {
            let end = start + Int.random(in: 100...1_800, using: &random)
            stretches.append(start..<min(end, 6_000))
            start = end + Int.random(in: 10...290, using: &random)
        }
        let last = try #require(stretches.last)
        let path = ClipPath(stretches, frames[0..<last.upperBound], loudness: -20, ClipRules())
        let all = path.candidates(before: last.upperBound)
        // So many ways that all can be tried: each cut taken or not.
        let few =
            [all[0]]
            + all.dropFirst().dropLast().shuffled(using: &random).prefix(9).sorted {
                ($0.end, $0.start) < ($1.end, $1.start)
            } + [all[all.count - 1]]
        var least = Double.infinity
        for choice in 0..<1 << (few.count - 2) {
            let cuts = few.indices.filter { $0 == 0 || $0 == few.count - 1 || choice >> ($0 - 1) & 1 == 1 }.map {
                few[$0]
            }
            let cost = zip(cuts, cuts.dropFirst()).reduce(0) { sum, pair in
                sum + pair.1.cost + path.price(of: pair.1.end - pair.0.start)
            }
            least = min(least, cost)
        }
        let cheapest = path.cheapest(few)
        guard least.isFinite else {
            #expect(cheapest == nil)
            return
        }
        let chosen = [few[0]] + (try #require(cheapest)) + [few[few.count - 1]]
        let cost = zip(chosen, chosen.dropFirst()).reduce(0) { $0 + $1.1.cost + path.price(of: $1.1.end - $1.0.start) }
        #expect(abs(cost - least) < 1e-9)
    }
}
