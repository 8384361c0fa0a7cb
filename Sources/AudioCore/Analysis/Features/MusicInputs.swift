/// What tells music from speech: whether the harmonics glide, and whether there is a beat.
enum MusicInputs {
    /// How many frames on either side have a part in a frame's inputs.
    static let reach = 420

    /// A column for each input, in the order of the weights.
    static func columns(_ table: FrameTable) -> [[Float]] {
        let glides = [FrameMeasure.Quantity.alike, .glide, .glideSize].map { table[$0] }
        let beats = beats(table)
        return glides.map { SlidingWindow.mean($0, radius: 40) } + glides.map { SlidingWindow.mean($0, radius: 150) }
            + [beats.map(\.strength), beats.map(\.steadiness)]
    }

    /// The beat of four seconds on both sides, found every tenth of a second.
    private static func beats(_ table: FrameTable) -> [Beat] {
        let onsets = Beat.onsets(table.bands.map { $0.map(decibels) })
        let span = Beat.longest
        var found = Beat()
        return (0..<table.count).map { frame in
            if frame.isMultiple(of: Beat.hop), frame / 2 < onsets.count {
                found = Beat(of: onsets[max(0, frame / 2 - span)..<min(frame / 2 + span + 1, onsets.count)])
            }
            return found
        }
    }
}
