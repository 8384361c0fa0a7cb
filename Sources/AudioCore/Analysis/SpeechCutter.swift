/// Divides a recording into sections for an engine that hears a little at once, while it is read.
///
/// It cuts where nobody speaks when it can, else where there is least voice, and never makes a section that is too long. What
/// is decided is given at once, so that memory does not grow with the recording.
///
/// ```swift
/// var cutter = SpeechCutter()
/// cutter.add(frames.span, appendingTo: &sections)
/// cutter.finish(appendingTo: &sections)
/// ```
public struct SpeechCutter: Sendable {
    private let rules: ClipRules
    private var finder: StretchFinder
    private var loudness = LevelHistogram()
    /// The frames of the group that is open, and some before it.
    private var frames: [VoiceFrame] = []
    private var firstFrame = 0
    /// The stretches that are not given yet, none further from the one before than a clip may hold.
    private var group: [Range<Int>] = []
    /// Where the last section ended, without what was added to it.
    private var lastEnd = 0
    private var isEmpty = true

    /// Makes a cutter for one recording.
    public init(_ rules: ClipRules = ClipRules()) {
        self.rules = rules
        finder = StretchFinder(rules)
    }

    /// How often it is looked whether something is decided: each second, or sooner where pauses are short.
    private var settling: Int { min(VoiceFrame.perSecond, max(1, rules.splittingGap.frames / 3)) }

    /// The frames so far.
    private var count: Int { firstFrame + frames.count }

    /// Where what is not decided begins: no section to come has sound from before.
    public var undecidedStart: MediaTime {
        MediaTime(frames: max(0, openFrame - rules.lead.frames), rate: VoiceFrame.perSecond)
    }

    /// The first frame that may belong to a section to come.
    private var openFrame: Int {
        group.first?.lowerBound ?? max(0, finder.earliestStart)
    }

    /// How many frames are kept for what is not decided.
    var keptFrameCount: Int { frames.count }

    /// Takes frames and appends the sections that they decide.
    public mutating func add(_ more: Span<VoiceFrame>, appendingTo sections: inout [SpeechSection]) {
        for index in more.indices {
            frames.append(more[index])
            if let stretch = finder.add(more[index].probability) { take(stretch, &sections) }
            if count.isMultiple(of: settling) { settle(&sections) }
        }
    }

    /// Ends the recording and appends the sections that are left.
    ///
    /// A recording too short to tell speech from what is always there is one section, if there is any sound in it.
    public mutating func finish(appendingTo sections: inout [SpeechSection]) {
        if let stretch = finder.finish() { take(stretch, &sections) }
        closeGroup(before: nil, &sections)
        guard isEmpty, count < 300, frames.contains(where: { $0.level > -70 }) else { return }
        let stretch = SpeechSection.Stretch(0..<count)
        sections.append(
            SpeechSection(start: stretch.start, end: stretch.end, speech: [stretch], isDoubtful: true))
    }
}

extension SpeechCutter {
    private mutating func take(_ stretch: Range<Int>, _ sections: inout [SpeechSection]) {
        if let last = group.last, stretch.lowerBound - last.upperBound > rules.splittingGap.frames {
            closeGroup(before: stretch.lowerBound, &sections)
        }
        group.append(stretch)
        for frame in stretch { loudness.add(frames[frame - firstFrame].level) }
    }

    /// Gives what can be given, and forgets what is not needed any more.
    private mutating func settle(_ sections: inout [SpeechSection]) {
        if let last = group.last, (finder.openStart ?? count) - last.upperBound > rules.splittingGap.frames {
            closeGroup(before: finder.openStart, &sections)
        }
        let start = group.first?.lowerBound ?? finder.openStart
        if let start, count - start > rules.patience.frames { cutBeginning(from: start, &sections) }
        forget(before: openFrame)
    }

    private mutating func closeGroup(before next: Int?, _ sections: inout [SpeechSection]) {
        guard !group.isEmpty else { return }
        give(group, until: .max, before: next ?? .max, &sections)
        group = []
    }

    /// Cuts the beginning of a group that goes on; what follows goes on from the last cut.
    private mutating func cutBeginning(from start: Int, _ sections: inout [SpeechSection]) {
        var stretches = group
        // What is open ends somewhere behind; cuts are made long before.
        if let open = finder.openStart, open < count { stretches.append(open..<count) }
        guard let rest = give(stretches, until: count - rules.patience.frames / 2, before: .max, &sections) else {
            return
        }
        group = group.filter { $0.upperBound > rest }.map { max($0.lowerBound, rest)..<$0.upperBound }
        finder.cutOff(before: rest)
    }

    /// Gives the sections of a group that end at a cut before some frame; returns where the rest begins.
    @discardableResult
    private mutating func give(
        _ stretches: [Range<Int>], until limit: Int, before next: Int, _ sections: inout [SpeechSection]
    ) -> Int? {
        guard let first = stretches.first, let last = stretches.last else { return nil }
        let slice = frames[first.lowerBound - firstFrame..<last.upperBound - firstFrame]
        let path = ClipPath(stretches, slice, loudness: loudness.upperQuartile ?? Self.loudness(of: slice), rules)
        let cuts = path.cuts().filter { $0.end <= limit }
        var start = first.lowerBound
        for cut in cuts {
            sections.append(section(start..<cut.end, stretches, before: cut.start, cutsVoice: cut.isInVoice))
            start = cut.start
        }
        guard limit == .max else { return cuts.isEmpty ? nil : start }
        sections.append(section(start..<last.upperBound, stretches, before: next, cutsVoice: false))
        return nil
    }

    /// How loud a stretch is that has not come to its end.
    private static func loudness(of frames: ArraySlice<VoiceFrame>) -> Float {
        var levels = LevelHistogram()
        for frame in frames { levels.add(frame.level) }
        return levels.upperQuartile ?? 0
    }

    /// A section with half of the pauses around it at most, so that no two have anything in common.
    private mutating func section(
        _ range: Range<Int>, _ stretches: [Range<Int>], before next: Int, cutsVoice: Bool
    ) -> SpeechSection {
        let before = isEmpty ? range.lowerBound : (range.lowerBound - lastEnd) / 2
        let lead = min(rules.lead.frames, max(before, 0))
        let after = next == .max ? count - range.upperBound : (next - range.upperBound) / 2
        let tail = min(rules.tail.frames, max(after, 0))
        isEmpty = false
        lastEnd = range.upperBound
        let speech = stretches.map { $0.clamped(to: range) }.filter { !$0.isEmpty }
        let padded = SpeechSection.Stretch(range.lowerBound - lead..<range.upperBound + tail)
        return SpeechSection(
            start: padded.start, end: padded.end, speech: speech.map(SpeechSection.Stretch.init),
            isDoubtful: isDoubtful(speech), cutsVoice: cutsVoice)
    }

    private func isDoubtful(_ speech: [Range<Int>]) -> Bool {
        let heard = speech.flatMap { frames[$0.lowerBound - firstFrame..<$0.upperBound - firstFrame] }
        guard heard.count >= 30 else { return true }
        let mean = heard.reduce(0) { $0 + $1.probability } / Float(heard.count)
        return mean < 0.75 && !heard.contains { $0.probability > 0.9 }
    }

    private mutating func forget(before frame: Int) {
        let past = max(0, min(frame - firstFrame, frames.count))
        guard past > 1_000 else { return }
        frames.removeFirst(past)
        firstFrame += past
    }
}
