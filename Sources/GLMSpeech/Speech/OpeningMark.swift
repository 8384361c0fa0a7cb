internal import AudioCore

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// Looks for the beeps by which a service marks made speech, and leaves them out.
///
/// How long the mark is, its users do not agree (0.6 to 1.5 s), so it is looked for: sound of a few narrow lines with
/// nothing below, then a pause. Neither is like a voice, whose lowest line is its pitch. Speech without a mark goes on at
/// its first sound, and only silence is held back until then.
struct OpeningMark {
    private var format: PCMFormat?
    private var held: [Int16] = []
    /// How far the samples have been looked at.
    private var seen = 0
    private var beepCount = 0
    private var pauseCount = 0
    private var last = Content.pause
    /// A window that is neither beep nor pause, and what came before: the edge of a beep, or where the speech begins.
    private var unclear: (place: Int, after: Content)?

    private enum Content {
        case pause, beep, other
    }

    /// Of this length are the windows that are beeps, pauses or speech: 20 ms.
    private static func window(_ rate: Int) -> Int { rate / 50 }
    /// A mark has beeps for 60 ms or more, and a pause of 40 ms or more after them.
    private static let fewestBeeps = 3
    private static let fewestPauses = 2
    /// A mark has ended after so many windows: 2 s.
    private static let mostWindows = 100
    /// So loud is a pause at most, as the root of the mean square: −50 dB.
    private static let pauseLevel = 104.0

    /// Reads samples and, once it is clear where the speech begins, returns what there is of it.
    mutating func read(_ samples: [Int16], _ format: PCMFormat) -> [Int16]? {
        self.format = format
        held += samples
        let size = Self.window(format.rate) * format.channels
        guard size > 0 else { return held }
        while seen + size <= held.count {
            guard seen < size * Self.mostWindows, mayBeginLater(content(of: seen..<seen + size, format)) else {
                return speech(size)
            }
            seen += size
        }
        return nil
    }

    /// Ends a speech that has not begun: it was a mark, silence, or too short to tell.
    consuming func finish() -> ([Int16], PCMFormat)? {
        guard let format else { return nil }
        return (speech(Self.window(format.rate) * format.channels), format)
    }

    private func content(of place: Range<Int>, _ format: PCMFormat) -> Content {
        let window = stride(from: place.lowerBound, to: place.upperBound, by: format.channels).map { Double(held[$0]) }
        let power = window.reduce(0) { $0 + $1 * $1 } / Double(window.count)
        if power < Self.pauseLevel * Self.pauseLevel { return .pause }
        return Self.isBeep(window, rate: format.rate) ? .beep : .other
    }

    /// Takes a window into account and tells whether the speech may begin after it.
    private mutating func mayBeginLater(_ content: Content) -> Bool {
        defer { last = content }
        switch content {
        case .beep:
            beepCount += 1
            pauseCount = 0
        case .pause:
            if let unclear, unclear.after != .beep { return false }
            pauseCount += 1
        case .other:
            guard unclear == nil else { return false }
            unclear = (seen, last)
            return true
        }
        unclear = nil
        return true
    }

    /// What is held, without the mark when there was one; a window before the speech is kept and faded in.
    private consuming func speech(_ size: Int) -> [Int16] {
        guard let format, beepCount >= Self.fewestBeeps, pauseCount >= Self.fewestPauses else { return held }
        let begin = unclear?.place ?? seen
        var speech = Array(held[max(0, begin - size)...])
        var fade = Fade(
            from: Gain(factor: 0), to: Gain(factor: 1), frames: max(1, Self.window(format.rate) / 4),
            channels: format.channels)
        var samples = speech.mutableSpan
        fade.apply(to: &samples)
        return speech
    }
}

// MARK: - Beeps

extension OpeningMark {
    /// Whether the sound is a few narrow lines above a voice's pitch.
    private static func isBeep(_ window: [Double], rate: Int) -> Bool {
        var powers = spectrum(window, rate: rate)
        let total = powers.reduce(0, +)
        let low = powers.prefix(highestPitch / lineWidth).reduce(0, +)
        guard low < 0.02 * total else { return false }
        var lines = 0.0
        for _ in 0..<mostLines {
            guard let strongest = powers.indices.max(by: { powers[$0] < powers[$1] }) else { break }
            for index in max(0, strongest - 2)...min(powers.count - 1, strongest + 2) {
                lines += powers[index]
                powers[index] = 0
            }
        }
        return lines > 0.9 * total
    }

    private static let highestPitch = 350
    private static let lineWidth = 50
    private static let highestLine = 8_000
    private static let mostLines = 3

    /// The power at each multiple of 50 Hz up to 8 kHz, seen through a window without sharp ends.
    private static func spectrum(_ window: [Double], rate: Int) -> [Double] {
        let turn = 2 * Double.pi / Double(window.count)
        let shaped = window.indices.map { window[$0] * (1 - cos(turn * (Double($0) + 0.5))) }
        let cosines = window.indices.map { cos(turn * Double($0)) }
        let sines = window.indices.map { sin(turn * Double($0)) }
        return (0...min(highestLine, rate / 2) / lineWidth).map { line in
            var real = 0.0
            var imaginary = 0.0
            for index in shaped.indices {
                let phase = index * line % shaped.count
                real += shaped[index] * cosines[phase]
                imaginary += shaped[index] * sines[phase]
            }
            return real * real + imaginary * imaginary
        }
    }
}
