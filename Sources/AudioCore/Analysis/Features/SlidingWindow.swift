/// Statistics over the frames around each frame, `radius` on both sides and fewer at the ends.
enum SlidingWindow {
    /// The mean.
    static func mean(_ column: [Float], radius: Int) -> [Float] {
        var result: [Float] = []
        result.reserveCapacity(column.count)
        var sum = 0.0
        for value in column.prefix(radius) { sum += Double(value) }
        for index in column.indices {
            if index + radius < column.count { sum += Double(column[index + radius]) }
            if index - radius > 0 { sum -= Double(column[index - radius - 1]) }
            let count = min(index + radius, column.count - 1) - max(index - radius, 0) + 1
            result.append(Float(sum / Double(count)))
        }
        return result
    }

    /// The standard deviation, of all and not of a sample.
    static func deviation(_ column: [Float], radius: Int) -> [Float] {
        var result: [Float] = []
        result.reserveCapacity(column.count)
        var (sum, squares) = (0.0, 0.0)
        func add(_ value: Float, _ sign: Double) {
            sum += sign * Double(value)
            squares += sign * Double(value) * Double(value)
        }
        for value in column.prefix(radius) { add(value, 1) }
        for index in column.indices {
            if index + radius < column.count { add(column[index + radius], 1) }
            if index - radius > 0 { add(column[index - radius - 1], -1) }
            let count = Double(min(index + radius, column.count - 1) - max(index - radius, 0) + 1)
            let mean = sum / count
            result.append(Float(max(squares / count - mean * mean, 0).squareRoot()))
        }
        return result
    }

    /// The least value.
    static func minimum(_ column: [Float], radius: Int) -> [Float] { extreme(column, radius, <=) }

    /// The greatest value.
    static func maximum(_ column: [Float], radius: Int) -> [Float] { extreme(column, radius, >=) }

    /// The value that goes before all others of its window, by a queue of those that may still do so.
    private static func extreme(
        _ column: [Float], _ radius: Int, _ goesBefore: (Float, Float) -> Bool
    ) -> [Float] {
        var result: [Float] = []
        result.reserveCapacity(column.count)
        var queue: [Int] = []
        queue.reserveCapacity(column.count)
        var head = 0
        var next = 0
        for index in column.indices {
            while next <= min(index + radius, column.count - 1) {
                while queue.count > head, goesBefore(column[next], column[queue[queue.count - 1]]) {
                    queue.removeLast()
                }
                queue.append(next)
                next += 1
            }
            if queue[head] < index - radius { head += 1 }
            result.append(column[queue[head]])
        }
        return result
    }
}
