/// How speech is cut into clips for an engine that hears a little at once.
public struct ClipRules: Hashable, Sendable {
    /// From which probability on somebody speaks, and below which nobody does any more.
    public var enter: Float = 0.5
    /// See ``enter``.
    public var leave: Float = 0.2
    /// Pauses shorter than this are part of the speech.
    public var closedGap: Duration = .milliseconds(250)
    /// Speech shorter than this is none.
    public var shortestSpeech: Duration = .milliseconds(200)
    /// Pauses longer than this are never within a clip.
    public var splittingGap: Duration = .seconds(3)
    /// The lengths that clips have when the pauses allow.
    public var preferred: ClosedRange<Duration> = .seconds(8) ... .seconds(20)
    /// The longest clip, without what is added before and after.
    public var longest: Duration = .seconds(28)
    /// How much speech without long pauses is gathered before its beginning is cut; half of it then stays open.
    public var patience: Duration = .seconds(90)
    /// How much of the pause before a clip belongs to it.
    public var lead: Duration = .milliseconds(250)
    /// How much of the pause after a clip belongs to it.
    public var tail: Duration = .milliseconds(350)

    /// Rules for an engine that hears 30 seconds at once.
    public init() {}

    /// The same rules for what is still being said: short clips, told after each pause of a speaker.
    public var live: ClipRules {
        var rules = self
        rules.splittingGap = .milliseconds(500)
        rules.preferred = min(preferred.lowerBound, .seconds(3))...min(preferred.upperBound, .seconds(8))
        rules.patience = .seconds(10)
        return rules
    }

    /// Rules for an engine that hears so much at once, from two seconds on.
    public init(limit: Duration) {
        let room = max(limit, .seconds(2)) - lead - tail
        guard room < longest else { return }
        longest = room
        preferred = min(preferred.lowerBound, room / 2)...min(preferred.upperBound, room * 0.7)
    }
}

extension Duration {
    /// Whole frames of a detector.
    var frames: Int { Int((self / .milliseconds(10)).rounded()) }
}
