/// Cuts live sound into the turns of a conversation: what is said, with a little of what was before it, and nothing between.
///
/// ```swift
/// var cutter = TurnCutter()
/// for event in cutter.add(samples) { … }
/// ```
///
/// Sound comes at 16 kHz in one channel.
public struct TurnCutter: ~Copyable {
    private var detector: TurnDetector
    private let longest: Int
    private let recentCount: Int
    /// What came last, for a turn that is noticed late.
    private var recent: [Float] = []
    private var turnLength = 0
    /// All that has come.
    private var frameCount = 0

    /// What live sound brings.
    public enum Event: Sendable {
        /// Somebody begins to speak, at a time from the beginning of the sound.
        case began(at: Duration)
        /// Sound of the turn.
        case sound([Float])
        /// The turn is over; nobody has spoken since.
        case ended(at: Duration)
    }

    /// So late a beginning is noticed.
    private static let lateness = VoiceFrame.rate * 3 / 10
    private static let pieceCount = VoiceFrame.rate / 10

    /// Makes a cutter for one stream of sound; a turn begins so much before its speech, and is never longer than the longest.
    public init(
        _ rules: TurnDetector.Rules = TurnDetector.Rules(), prefix: Duration = .milliseconds(300),
        longest: Duration = .seconds(29)
    ) {
        detector = TurnDetector(rules)
        recentCount = Self.lateness + Int(prefix / .seconds(1) * Double(VoiceFrame.rate))
        self.longest = Int(longest / .seconds(1) * Double(VoiceFrame.rate))
    }

    /// Whether somebody is speaking.
    public var isInTurn: Bool { detector.isInTurn }

    /// Takes samples and tells what they bring, in order.
    public mutating func add(_ samples: [Float]) -> [Event] {
        var events: [Event] = []
        for begin in stride(from: 0, to: samples.count, by: Self.pieceCount) {
            add(piece: Array(samples[begin..<min(begin + Self.pieceCount, samples.count)]), &events)
        }
        return events
    }

    /// Ends a turn that goes on, whatever is said; returns what came last when there is none.
    public mutating func endTurn() -> [Float] {
        detector.endTurn()
        turnLength = 0
        defer { recent = [] }
        return recent
    }

    private mutating func add(piece: [Float], _ events: inout [Event]) {
        let wasInTurn = detector.isInTurn
        let found = detector.add(piece.span)
        frameCount += piece.count
        if wasInTurn {
            events.append(.sound(piece))
            turnLength += piece.count
        } else {
            recent += piece
            recent.removeFirst(max(recent.count - recentCount, 0))
        }
        for event in found {
            switch event {
            case .began(let time):
                events += [.began(at: time), .sound(recent)]
                (turnLength, recent) = (recent.count, [])
            case .ended(let time): end(at: time, &events)
            }
        }
        if turnLength >= longest, detector.isInTurn {
            detector.endTurn()
            end(at: .milliseconds(frameCount * 1_000 / VoiceFrame.rate), &events)
        }
    }

    private mutating func end(at time: Duration, _ events: inout [Event]) {
        events.append(.ended(at: time))
        turnLength = 0
    }
}
