/// The mean of a number and of some before it; of fewer at the beginning.
struct TrailingMean {
    private var values: [Float] = []
    private var oldest = 0
    private var sum = 0.0
    private let length: Int

    /// Takes so many numbers before each into its mean.
    init(before: Int) { length = before + 1 }

    /// Takes the next number.
    mutating func add(_ value: Float) -> Float {
        sum += Double(value)
        if values.count < length {
            values.append(value)
        } else {
            sum -= Double(values[oldest])
            values[oldest] = value
            oldest = oldest + 1 == length ? 0 : oldest + 1
        }
        return Float(sum / Double(values.count))
    }
}

/// The least of a number and of some before it.
struct TrailingMinimum {
    /// Those that may still be the least, with their places; they rise.
    private var queue: [(place: Int, value: Float)] = []
    private var head = 0
    private var count = 0
    private let before: Int

    /// Looks at so many numbers before each.
    init(before: Int) { self.before = before }

    /// Takes the next number.
    mutating func add(_ value: Float) -> Float {
        while queue.count > head, value <= queue[queue.count - 1].value { queue.removeLast() }
        queue.append((count, value))
        if queue[head].place < count - before { head += 1 }
        count += 1
        if head > before {
            queue.removeFirst(head)
            head = 0
        }
        return queue[head].value
    }
}

/// The greatest of a number and of some before it.
struct TrailingMaximum {
    private var negative: TrailingMinimum

    /// Looks at so many numbers before each.
    init(before: Int) { negative = TrailingMinimum(before: before) }

    /// Takes the next number.
    mutating func add(_ value: Float) -> Float { -negative.add(-value) }
}
