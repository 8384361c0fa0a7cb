/// What the perceptron sees of a frame: its features over several lengths of time, and how much they vary.
enum ContextInputs {
    /// How many frames on either side have a part in a frame's inputs.
    static let reach = 150

    /// A column for each input, in the order of the weights.
    static func columns(_ features: VoiceFeatures) -> [[Float]] {
        let all = features.columns
        // The levels of the single bands are seen over short times only.
        let varying = all.dropFirst(10)
        return all.map { SlidingWindow.mean($0, radius: 1) } + all.map { SlidingWindow.mean($0, radius: 7) }
            + all.map { SlidingWindow.mean($0, radius: 40) } + varying.map { SlidingWindow.deviation($0, radius: 40) }
            + varying.map { SlidingWindow.mean($0, radius: 150) }
            + varying.map { SlidingWindow.deviation($0, radius: 150) }
    }
}
