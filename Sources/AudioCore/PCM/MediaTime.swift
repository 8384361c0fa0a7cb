/// An exact place in sound: a number of frames at a rate.
public struct MediaTime: Sendable {
    /// Frames from the beginning.
    public let frames: Int
    /// Frames per second.
    public let rate: Int

    /// Makes a time from a number of frames.
    public init(frames: Int, rate: Int) {
        precondition(rate > 0, "a time needs a rate")
        self.frames = frames
        self.rate = rate
    }

    /// The time in seconds, rounded to a `Double`.
    public var seconds: Double { Double(frames) / Double(rate) }

    /// The time in microseconds, rounded down.
    package var duration: Duration { .microseconds(converted(to: 1_000_000).frames) }

    /// The same time at another rate, rounded down to a whole frame; the last that there is when it lies beyond.
    public func converted(to other: Int) -> MediaTime {
        let whole = frames.multipliedFullWidth(by: other)
        // The quotient fits when the upper 65 bits of the product are less than the divisor.
        let upper = whole.high << 1 | Int(whole.low >> 63)
        guard -rate <= upper, upper < rate else { return MediaTime(frames: frames < 0 ? .min : .max, rate: other) }
        let (quotient, remainder) = rate.dividingFullWidth(whole)
        return MediaTime(frames: remainder < 0 ? quotient - 1 : quotient, rate: other)
    }

    /// The time some frames later.
    public func advanced(by frames: Int) -> MediaTime { MediaTime(frames: self.frames + frames, rate: rate) }
}

extension MediaTime: Comparable, Hashable {
    /// Whether two times are the same moment, whatever their rates.
    public static func == (left: MediaTime, right: MediaTime) -> Bool {
        left.frames.multipliedFullWidth(by: right.rate) == right.frames.multipliedFullWidth(by: left.rate)
    }

    /// Whether one moment is before another.
    public static func < (left: MediaTime, right: MediaTime) -> Bool {
        left.frames.multipliedFullWidth(by: right.rate) < right.frames.multipliedFullWidth(by: left.rate)
    }

    /// Feeds the reduced fraction to a hasher, so that equal moments hash alike.
    public func hash(into hasher: inout Hasher) {
        let divisor = greatestCommonDivisor(frames.magnitude, rate.magnitude)
        hasher.combine(frames / Int(divisor))
        hasher.combine(rate / Int(divisor))
    }
}

extension MediaTime: CustomStringConvertible {
    /// Hours, minutes, seconds and milliseconds, such as `1:02:03.045`.
    public var description: String {
        let milliseconds = converted(to: 1_000).frames
        let (minutes, rest) = milliseconds.quotientAndRemainder(dividingBy: 60_000)
        let tail = String(rest % 1_000 + 1_000).dropFirst()
        let seconds = "\(rest / 1_000).\(tail)"
        let padded = rest < 10_000 ? "0\(seconds)" : seconds
        guard minutes >= 60 else { return "\(minutes):\(padded)" }
        return "\(minutes / 60):\(minutes % 60 < 10 ? "0" : "")\(minutes % 60):\(padded)"
    }
}

/// The largest number that divides both; the other one when one is zero.
func greatestCommonDivisor<Number: BinaryInteger>(_ a: Number, _ b: Number) -> Number {
    b == 0 ? a : greatestCommonDivisor(b, a % b)
}
