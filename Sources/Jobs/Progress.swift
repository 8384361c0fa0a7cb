/// How far a long work is, as lines for whoever watches: what to write, and when, is decided here; writing is the caller's.
///
/// ```swift
/// var progress = Progress("speaking", total: 600, form: .bar)
/// if let text = progress.tell(done: 12) { write(text) }
/// if let text = progress.finish() { write(text) }
/// ```
package struct Progress: Sendable {
    /// How it is told.
    package enum Form: Sendable {
        /// A line that is drawn anew, ten times a second at most.
        case bar
        /// A line now and then.
        case plain
        /// An object of JSON for each step, once a second at most.
        case json
        case none

        fileprivate var interval: Duration {
            switch self {
            case .bar: .milliseconds(100)
            case .plain: .seconds(10)
            case .json, .none: .seconds(1)
            }
        }
    }

    private let label: String
    /// What is counted, such as characters; sound, in seconds, when nothing else is said.
    private let unit: String?
    private let total: Double?
    private let form: Form
    private let began: ContinuousClock.Instant
    private var lastTold: ContinuousClock.Instant
    private var done = 0.0
    private var money: String?
    private var isDrawn = false

    /// Begins to tell of a work; nothing is told before the first interval has passed.
    package init(
        _ label: String, total: Double?, unit: String? = nil, form: Form, at now: ContinuousClock.Instant = .now
    ) {
        self.label = label
        self.unit = unit
        self.total = total.flatMap { $0 > 0 && $0.isFinite ? $0 : nil }
        self.form = form
        began = now
        lastTold = now
    }

    /// Notes how much is done, and returns what there is to write.
    package mutating func tell(
        done: Double, money: String? = nil, at now: ContinuousClock.Instant = .now
    ) -> String? {
        (self.done, self.money) = (done, money)
        guard form != .none, now - lastTold >= form.interval else { return nil }
        lastTold = now
        let seconds = (now - began) / .seconds(1)
        switch form {
        case .bar:
            isDrawn = true
            return "\r\u{1B}[K" + line(after: seconds, hasBar: true)
        case .plain: return line(after: seconds, hasBar: false) + "\n"
        case .json: return object(after: seconds) + "\n"
        case .none: return nil
        }
    }

    /// Ends the work, and returns what takes a bar away.
    package mutating func finish() -> String? {
        guard isDrawn else { return nil }
        isDrawn = false
        return "\r\u{1B}[K"
    }
}

// MARK: - What is written

extension Progress {
    private var share: Double? { total.map { min(done / $0, 1) } }

    private func line(after seconds: Double, hasBar: Bool) -> String {
        let bar = hasBar ? share.map { "[\(Self.bar($0))]" } : nil
        // A share has been told when its percentage has.
        let amount = unit == "%" ? nil : total.map { "\(text(min(done, $0)))/\(text($0))" } ?? text(done)
        let percent = share.map { "\(Int($0 * 100)) %" }
        let speed = unit == nil && seconds > 0 ? "\(Self.rounded(done / seconds)) × real time" : nil
        return ([label, bar, amount, percent, speed, timeLeft(after: seconds), money] as [String?])
            .compactMap { $0 }.joined(separator: "  ")
    }

    private static func bar(_ share: Double) -> String {
        let full = Int(share * 20)
        return String(repeating: "#", count: full) + String(repeating: "-", count: 20 - full)
    }

    /// How long it will take at the speed so far; nothing before that can be told.
    private func timeLeft(after seconds: Double) -> String? {
        guard let share, share > 0.01, share < 1 else { return nil }
        return "\(Self.clock(seconds * (1 - share) / share)) left"
    }

    private func text(_ amount: Double) -> String { unit.map { "\(Int(amount)) \($0)" } ?? Self.clock(amount) }

    private func object(after seconds: Double) -> String {
        let members = [
            "\"task\":\(Self.quoted(label))", "\"unit\":\"\(unit ?? "seconds")\"", "\"done\":\(Self.rounded(done))",
            total.map { "\"total\":\(Self.rounded($0))" }, "\"elapsed\":\(Self.rounded(seconds))",
            money.map { "\"cost\":\"\($0)\"" },
        ]
        return "{" + members.compactMap { $0 }.joined(separator: ",") + "}"
    }

    /// Text as JSON has it: a label may name a file, and that be anything.
    private static func quoted(_ text: String) -> String {
        let quoted = text.unicodeScalars.map { scalar in
            switch scalar {
            case "\"", "\\": "\\\(scalar)"
            case _ where scalar.value < 0x20: "\\u00" + (scalar.value < 16 ? "0" : "") + String(scalar.value, radix: 16)
            default: String(scalar)
            }
        }
        return "\"\(quoted.joined())\""
    }

    /// Hours, minutes and seconds.
    private static func clock(_ seconds: Double) -> String {
        let whole = Int(min(max(seconds, 0), 1e9).rounded())
        let padded = { (number: Int) in number < 10 ? "0\(number)" : "\(number)" }
        let (hours, minutes, rest) = (whole / 3_600, whole / 60 % 60, whole % 60)
        return hours > 0 ? "\(hours):\(padded(minutes)):\(padded(rest))" : "\(minutes):\(padded(rest))"
    }

    private static func rounded(_ number: Double) -> Double { (number * 10).rounded() / 10 }
}
