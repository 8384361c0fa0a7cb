internal import AudioCore

/// Finds when each moment of one recording is said in another of the same words: dynamic time warping of their colours.
struct WarpedAlignment {
    /// The frame of the reference that belongs to each frame of the sound.
    private let partners: [Int]
    /// How far the recordings lie from each other along the way, on average.
    let distance: Double

    /// Compares two recordings; nil when there is too much to compare.
    init?(_ sound: Cepstra, _ reference: Cepstra) {
        guard sound.count > 0, reference.count > 0, sound.count * reference.count <= 60_000_000 else { return nil }
        let (steps, cost) = Self.steps(sound, reference)
        var partners = Array(repeating: 0, count: sound.count)
        var (row, column) = (sound.count - 1, reference.count - 1)
        var length = 0
        while row >= 0 {
            partners[row] = column
            length += 1
            switch steps[row * reference.count + column] {
            case .both: (row, column) = (row - 1, column - 1)
            case .sound: row -= 1
            case .reference: column -= 1
            }
            if column < 0 { column = 0 }
        }
        self.partners = partners
        distance = Double(cost) / Double(length)
    }

    /// Which way the cheapest path came: in both recordings, or in one alone.
    private enum Step: UInt8 {
        case both, sound, reference
    }

    private static func steps(_ sound: Cepstra, _ reference: Cepstra) -> (steps: [Step], cost: Float) {
        let columns = reference.count
        var steps: [Step] = []
        steps.reserveCapacity(sound.count * columns)
        var former = Array(repeating: Float.infinity, count: columns + 1)
        former[0] = 0
        var current = former
        for row in 0..<sound.count {
            current[0] = .infinity
            for column in 0..<columns {
                let (both, alone, waiting) = (former[column], former[column + 1], current[column])
                let best = min(both, alone, waiting)
                steps.append(best == both ? .both : best == alone ? .sound : .reference)
                current[column + 1] = best + distance(sound, row, reference, column)
            }
            swap(&former, &current)
        }
        return (steps, former[columns])
    }

    private static func distance(_ left: Cepstra, _ row: Int, _ right: Cepstra, _ column: Int) -> Float {
        let (first, second) = (row * Cepstra.width, column * Cepstra.width)
        var sum: Float = 0
        for index in 0..<Cepstra.width {
            let difference = left.values[first + index] - right.values[second + index]
            sum += difference * difference
        }
        return sum.squareRoot()
    }

    /// The frames of the sound in which spans of the reference are said, in seconds.
    func frames(of spans: [Range<Double>]) -> [Range<Int>] {
        spans.map { span in
            let start = first(notBefore: span.lowerBound)
            return start..<max(start, first(notBefore: span.upperBound))
        }
    }

    private func first(notBefore seconds: Double) -> Int {
        let wanted = Int((seconds * 100).rounded())
        var (low, high) = (0, partners.count)
        while low < high {
            let middle = (low + high) / 2
            if partners[middle] < wanted { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
