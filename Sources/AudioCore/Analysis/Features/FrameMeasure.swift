/// What is measured of 10 ms of sound, before it is compared with the seconds around it.
struct FrameMeasure {
    /// The power of each bin of 31.25 Hz from 125 to 4,000 Hz, that of each band, then the other quantities.
    private(set) var values: [Float]

    init(power: some Collection<Float>, bands: some Collection<Float>) {
        precondition(
            power.count == Self.bins.count && bands.count == MelBands.voice.bands.count, "a frame has all its powers")
        values = Array(power) + Array(bands) + Array(repeating: 0, count: Quantity.allCases.count)
    }

    /// The power of each bin.
    var power: ArraySlice<Float> { values[Self.powerColumns] }
    /// The power of each band.
    var bands: ArraySlice<Float> { values[Self.bandColumns] }

    subscript(quantity: Quantity) -> Float {
        get { values[quantity.column] }
        set { values[quantity.column] = newValue }
    }

    /// The bins whose power is kept.
    static let bins = 4..<129

    fileprivate static let powerColumns = 0..<bins.count
    fileprivate static let bandColumns = powerColumns.upperBound..<powerColumns.upperBound + MelBands.voice.bands.count
    fileprivate static let columnCount = bandColumns.upperBound + Quantity.allCases.count

    /// A quantity that is one number for each frame.
    enum Quantity: Int, CaseIterable {
        /// Power of all bins, in decibels.
        case total
        /// How flat the spectrum is, in decibels: 0 for noise, less for tones.
        case flatness
        /// Power below 500 Hz beside all, in decibels.
        case lowShare
        /// Where the middle of the power lies, in kHz.
        case centroid
        /// Repetition at the pitch of voices in what is below 1,500 Hz, its lag, and repetition in 300 to 2,500 Hz.
        case pitch, pitchLag, bandPitch
        /// How alike the fine spectrum is 40 ms before and after.
        case held80
        /// How alike its peaks are 60 ms before and after, and 150 ms: notes stay, voices glide.
        case held120, held300
        /// How much the peaks stand out.
        case peakedness
        /// How alike the notes are 60 ms apart when they may move, how much better that is than to stay, and how far they move.
        case alike, glide, glideSize
        /// Level of 20 ms between 150 and 4,000 Hz, in decibels.
        case level

        /// Where it stands in a frame.
        fileprivate var column: Int { FrameMeasure.bandColumns.upperBound + rawValue }
    }
}

/// The measures of many frames, a column for each quantity.
struct FrameTable {
    private var columns: [[Float]] = Array(repeating: [], count: FrameMeasure.columnCount)

    /// How many frames there are.
    var count: Int { columns[0].count }

    /// The power of each bin.
    var power: ArraySlice<[Float]> { columns[FrameMeasure.powerColumns] }
    /// The power of each band.
    var bands: ArraySlice<[Float]> { columns[FrameMeasure.bandColumns] }

    subscript(quantity: FrameMeasure.Quantity) -> [Float] { columns[quantity.column] }

    mutating func append(_ frame: FrameMeasure) {
        for (column, value) in frame.values.enumerated() { columns[column].append(value) }
    }

    mutating func removeFirst(_ count: Int) {
        for column in columns.indices { columns[column].removeFirst(count) }
    }
}
