/// What the live perceptron sees of a frame: its features and those around it, with few of the future among them.
struct RunningInputs {
    /// How many frames after a frame have a part in its inputs.
    static let ahead = 5

    private var features = RunningFeatures()
    private var beats = RunningBeat()
    private var rows = RowHistory()
    /// Frames whose inputs were given.
    private var given = 0

    // A row is the features of a frame and its glides.
    private static let featureColumns = 0..<29
    /// The levels of the single bands are seen over short times only.
    private static let varying = 10..<29
    private static let glideColumns = 29..<32

    private var short = RowWindow(before: 1, after: 1, Self.featureColumns)
    private var syllable = RowWindow(before: 8, after: Self.ahead, Self.featureColumns)
    private var word = RowWindow(before: 74, after: Self.ahead, 0..<Self.glideColumns.upperBound)
    private var phrase = RowWindow(before: 294, after: Self.ahead, 0..<Self.glideColumns.upperBound)

    /// Takes a frame; the inputs of the frame that it completes.
    mutating func add(_ frame: FrameMeasure) -> [Float]? {
        let glides = [frame[.alike], frame[.glide], frame[.glideSize]]
        rows.append(features.add(frame) + glides)
        beats.add(frame.bands)
        return rows.end > Self.ahead ? next() : nil
    }

    /// The inputs of a frame that nothing follows; nil when all were given.
    mutating func finish() -> [Float]? { given < rows.end ? next() : nil }

    private mutating func next() -> [Float] {
        short.move(to: given, of: rows)
        syllable.move(to: given, of: rows)
        word.move(to: given, of: rows)
        phrase.move(to: given, of: rows)
        given += 1
        rows.forget(before: phrase.first)
        let beat = beats.beat
        return short.means(Self.featureColumns) + syllable.means(Self.featureColumns) + word.means(Self.featureColumns)
            + word.deviations(Self.varying) + phrase.means(Self.varying) + phrase.deviations(Self.varying)
            + word.means(Self.glideColumns) + phrase.means(Self.glideColumns) + [beat.strength, beat.steadiness]
    }
}

/// The beat of the last eight seconds.
private struct RunningBeat {
    private(set) var beat = Beat()
    private var levels: [[Float]] = []
    private var onsets: [Float] = []
    private var open: Float = 0
    private var count = 0

    mutating func add(_ bands: ArraySlice<Float>) {
        levels.append(bands.map(decibels))
        if levels.count > 3 { levels.removeFirst() }
        let rise = levels.count == 3 ? Beat.rise(Array(zip(levels[0], levels[2]))) : 0
        count += 1
        guard count.isMultiple(of: 2) else {
            open = rise
            return
        }
        onsets.append((open + rise) / 2)
        if onsets.count > 2 * Beat.longest + 1 { onsets.removeFirst() }
        if (count - 2).isMultiple(of: Beat.hop) { beat = Beat(of: onsets[...]) }
    }
}

/// The rows of the last frames, known by their number.
private struct RowHistory {
    private var rows: [[Float]] = []
    private var first = 0

    var end: Int { first + rows.count }

    subscript(frame: Int) -> [Float] { rows[frame - first] }

    mutating func append(_ row: [Float]) { rows.append(row) }

    /// Forgets what lies before a frame, once that is worth the move.
    mutating func forget(before frame: Int) {
        guard frame - first > rows.count / 2 else { return }
        rows.removeFirst(frame - first)
        first = frame
    }
}

/// Sums of some columns of the rows around a frame, kept up as it moves on.
private struct RowWindow {
    private let before: Int
    private let after: Int
    private let columns: Range<Int>
    private var sums: [(value: Double, square: Double)]
    private var range = 0..<0

    init(before: Int, after: Int, _ columns: Range<Int>) {
        self.before = before
        self.after = after
        self.columns = columns
        sums = Array(repeating: (0, 0), count: columns.count)
    }

    /// The first frame that has a part in it.
    var first: Int { range.lowerBound }

    mutating func move(to frame: Int, of rows: RowHistory) {
        let next = max(0, frame - before)..<min(frame + after + 1, rows.end)
        for entering in range.upperBound..<max(next.upperBound, range.upperBound) { add(rows[entering], 1) }
        for leaving in range.lowerBound..<next.lowerBound { add(rows[leaving], -1) }
        range = next
    }

    private mutating func add(_ row: [Float], _ sign: Double) {
        for (index, column) in columns.enumerated() {
            let value = Double(row[column])
            sums[index].value += sign * value
            sums[index].square += sign * value * value
        }
    }

    func means(_ wanted: Range<Int>) -> [Float] {
        wanted.map { Float(sums[$0 - columns.lowerBound].value / Double(range.count)) }
    }

    func deviations(_ wanted: Range<Int>) -> [Float] {
        wanted.map { column in
            let sum = sums[column - columns.lowerBound]
            let mean = sum.value / Double(range.count)
            return Float(max(sum.square / Double(range.count) - mean * mean, 0).squareRoot())
        }
    }
}
