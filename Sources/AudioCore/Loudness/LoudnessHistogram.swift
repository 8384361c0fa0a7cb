/// The powers of all 400 ms blocks, sorted into bins of 0.01 LU: what the gates of integrated loudness need, in memory
/// that does not grow with the sound.
///
/// A bin keeps the sum of its powers, so only whether a whole bin is above the relative gate is rounded.
struct LoudnessHistogram: Sendable {
    private var bins: [Bin] = []
    private var total = Bin()

    private struct Bin {
        var count = 0
        var power = 0.0

        var mean: Double { power / Double(count) }

        mutating func add(_ other: Bin) {
            count += other.count
            power += other.power
        }
    }

    /// The absolute gate (BS.1770-4, equation 5), in LUFS.
    private static let floor = -70.0
    private static let binsPerUnit = 100.0
    /// Up to +30 LUFS; the last bin holds what is louder.
    private static let binCount = 10_000

    /// Sorts a block in, unless it is below the absolute gate.
    mutating func add(_ power: Double) {
        guard power >= Loudness.power(of: Self.floor) else { return }
        if bins.isEmpty { bins = Array(repeating: Bin(), count: Self.binCount) }
        let place = (Loudness.loudness(of: power) - Self.floor) * Self.binsPerUnit
        let block = Bin(count: 1, power: power)
        bins[Int(min(max(place, 0), Double(Self.binCount - 1)))].add(block)
        total.add(block)
    }

    /// The mean power of the blocks that are at most 10 LU below the mean of all (equations 6 and 7); nil without any.
    var gatedPower: Double? {
        guard total.count > 0 else { return nil }
        let gate = total.mean / 10
        var loud = Bin()
        for bin in bins where bin.count > 0 && bin.mean >= gate { loud.add(bin) }
        return loud.mean
    }
}

/// The scale of BS.1770-4, equation 2: the offset makes a 997 Hz sine at full scale in one channel −3.01 LUFS.
enum Loudness {
    static func loudness(of power: Double) -> Double { powerToDecibels(power) - 0.691 }

    static func power(of loudness: Double) -> Double { decibelsToPower(loudness + 0.691) }
}
