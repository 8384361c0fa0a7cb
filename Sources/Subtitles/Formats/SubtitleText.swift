/// Subtitles rewritten as a file of a format.
///
/// What only one format has stays as it is where a file remains in that format: regions and style sheets of WebVTT, fonts and
/// drawings of SubStation.
public struct SubtitleText: Sendable {
    /// The new file.
    public let text: String
    /// How many cues it has.
    public let cueCount: Int

    /// Rewrites a file of any encoding; its times may be later, or earlier.
    ///
    /// - Throws: what ``Track/init(reading:as:)`` throws.
    public init(
        rewriting bytes: [UInt8], from source: SubtitleFormat? = nil, as format: SubtitleFormat,
        offset: Duration = .zero, rules: @escaping @Sendable (String?) -> LayoutRules = { LayoutRules(language: $0) }
    ) throws(SubtitleError) {
        let text = try EncodedText.decode(bytes)
        let look = SubtitleFormat.of(text)
        switch (look ?? source, format) {
        case (.vtt, .vtt):
            let file = try WebVTT(reading: text).shifted(by: offset)
            (self.text, cueCount) = (file.text, file.cues.count)
        case (.ass, .ass):
            (self.text, cueCount) = SubStation.shifted(text, by: offset)
        default:
            let read = try Track(text, as: look, or: source).withoutEmptyCues
            let track = read.laidOut(by: rules).shifted(by: offset)
            self.text = track.text(as: format, showsWords: track.cues.contains { !$0.words.isEmpty })
            cueCount = track.cues(for: format).count
        }
    }
}

extension Track {
    /// The same track, with cues made of its words where it has none.
    fileprivate func laidOut(by rules: @escaping @Sendable (String?) -> LayoutRules) -> Track {
        guard cues.isEmpty, !words.isEmpty else { return self }
        var track = self
        var layout = CueLayout(language: language, rules: rules)
        track.cues = layout.add(words) + layout.finish()
        return track
    }
}
