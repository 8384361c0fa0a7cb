/// The recent past of a stream of samples, with silence before its beginning.
///
/// Samples are known by their place in the stream, so that whoever looks back needs no bookkeeping of its own.
struct SampleHistory<Sample: BinaryFloatingPoint> {
    private var samples: [Sample]
    /// The place of the first sample that is kept.
    private var first: Int

    /// Begins with so much silence before place 0.
    init(silence: Int) {
        samples = Array(repeating: 0, count: silence)
        first = -silence
    }

    /// The place after the last sample.
    var end: Int { first + samples.count }

    mutating func append(_ sample: Sample) { samples.append(sample) }

    /// Appends silence.
    mutating func append(silence: Int) { samples.append(contentsOf: repeatElement(0, count: silence)) }

    /// Forgets what lies before a place, once that is worth the move.
    mutating func forget(before place: Int) {
        let count = min(place - first, samples.count)
        guard count > samples.count / 2 else { return }
        samples.removeFirst(count)
        first += count
    }

    /// The samples of a range of places, all of which are kept.
    func samples(_ range: Range<Int>) -> ArraySlice<Sample> {
        precondition(first <= range.lowerBound && range.upperBound <= end, "the samples are not kept")
        return samples[range.lowerBound - first..<range.upperBound - first]
    }
}
