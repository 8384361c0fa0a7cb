import Foundation

/// One figure, with what it should be and what the peers do.
struct Measurement: Encodable {
    let name: String
    let value: Double
    let unit: String
    let goal: Goal?
    /// How far the middle half of the rounds lies apart, as a share of the median, in percent.
    var spread: Double?
    var peers: [String: Double] = [:]

    /// What a figure should be.
    enum Goal {
        case atLeast(Double)
        case atMost(Double)

        func isMet(by value: Double) -> Bool {
            switch self {
            case .atLeast(let bound): value >= bound
            case .atMost(let bound): value <= bound
            }
        }

        var bound: Double {
            switch self {
            case .atLeast(let bound), .atMost(let bound): bound
            }
        }

        /// The side of the bound on which a figure should be.
        var sign: String {
            switch self {
            case .atLeast: "≥"
            case .atMost: "≤"
            }
        }
    }

    private enum CodingKeys: String, CodingKey { case name, value, unit, goal, bound, met, spread, peers }

    func encode(to encoder: any Encoder) throws {
        var members = encoder.container(keyedBy: CodingKeys.self)
        try members.encode(name, forKey: .name)
        try members.encode(value, forKey: .value)
        try members.encode(unit, forKey: .unit)
        try members.encode(goal?.bound, forKey: .goal)
        try members.encode(goal?.sign, forKey: .bound)
        try members.encode(goal?.isMet(by: value), forKey: .met)
        try members.encode(spread, forKey: .spread)
        try members.encode(peers, forKey: .peers)
    }

    /// Whether there is a goal that the figure does not reach.
    var isMissed: Bool { goal.map { !$0.isMet(by: value) } ?? false }

    /// A row of the table.
    var row: [String] {
        let verdict = goal.map { $0.isMet(by: value) ? "met" : "MISSED" } ?? ""
        let others = peers.sorted { $0.key < $1.key }.map { "\($0.key) \(Self.short($0.value))" }
        let bound = goal.map { "\($0.sign) \(Self.short($0.bound))" } ?? ""
        let around = spread.map { "± \(Self.short($0 / 2)) %" } ?? ""
        return [name, Self.short(value), unit, around, bound, verdict, others.joined(separator: ", ")]
    }

    static func short(_ number: Double) -> String {
        let digits = abs(number) >= 10 ? 1 : abs(number) >= 1 ? 2 : 5
        return String(format: "%.\(digits)f", number)
    }
}

/// The rows as aligned columns.
func table(_ measurements: [Measurement]) -> String {
    let rows = [["what", "value", "unit", "spread", "goal", "", "peers"]] + measurements.map(\.row)
    let widths = (0..<7).map { column in rows.map { $0[column].count }.max() ?? 0 }
    return rows.map { row in
        zip(row, widths).map { $0 + String(repeating: " ", count: $1 - $0.count) }.joined(separator: "  ")
    }.joined(separator: "\n")
}
