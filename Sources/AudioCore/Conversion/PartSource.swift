/// A part of a source, from one moment to another; what lies outside is read and left out.
package struct PartSource<Source: PCMSource & ~Copyable>: ~Copyable, PCMSource {
    package var format: PCMFormat { source.format }
    private var source: Source
    /// In frames of the source.
    private let wanted: Range<Int>

    /// Takes a part; without an end, all that follows.
    package init(_ source: consuming Source, from start: Duration, to end: Duration?) {
        let rate = Double(source.format.rate)
        let first = Int((start / .seconds(1) * rate).rounded())
        wanted = first..<max(first, end.map { Int(($0 / .seconds(1) * rate).rounded()) } ?? .max)
        self.source = source
    }

    package mutating func next() async throws(AudioError) -> PCMChunk<Float>? {
        while let chunk = try await source.next() {
            let first = chunk.start.converted(to: chunk.format.rate).frames
            guard first < wanted.upperBound else { return nil }
            let inside = (first..<first + chunk.frameCount).clamped(to: wanted)
            guard !inside.isEmpty else { continue }
            let channels = chunk.format.channels
            let samples = chunk.samples[(inside.lowerBound - first) * channels..<(inside.upperBound - first) * channels]
            return PCMChunk(
                format: chunk.format, start: MediaTime(frames: inside.lowerBound, rate: chunk.format.rate),
                samples: Array(samples))
        }
        return nil
    }
}
