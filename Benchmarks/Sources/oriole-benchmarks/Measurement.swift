import Foundation

/// One figure, with what it should be and what the peers do.
struct Measurement: Encodable {
    let name: String
    let value: Double
    let unit: String
    let goal: Goal?
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

        var text: String {
            switch self {
            case .atLeast(let bound): "≥ \(Measurement.short(bound))"
            case .atMost(let bound): "≤ \(Measurement.short(bound))"
            }
        }
    }

    private enum CodingKeys: String, CodingKey { case name, value, unit, goal, met, peers }

    func encode(to encoder: any Encoder) throws {
        var members = encoder.container(keyedBy: CodingKeys.self)
        try members.encode(name, forKey: .name)
        try members.encode(value, forKey: .value)
        try members.encode(unit, forKey: .unit)
        try members.encode(goal?.text, forKey: .goal)
        try members.encode(goal?.isMet(by: value), forKey: .met)
        try members.encode(peers, forKey: .peers)
    }

    /// A row of the table.
    var row: [String] {
        let verdict = goal.map { $0.isMet(by: value) ? "met" : "MISSED" } ?? ""
        let others = peers.sorted { $0.key < $1.key }.map { "\($0.key) \(Self.short($0.value))" }
        return [name, Self.short(value), unit, goal?.text ?? "", verdict, others.joined(separator: ", ")]
    }

    static func short(_ number: Double) -> String {
        let digits = abs(number) >= 10 ? 1 : abs(number) >= 1 ? 2 : 5
        return String(format: "%.\(digits)f", number)
    }
}

/// The rows as aligned columns.
func table(_ measurements: [Measurement]) -> String {
    let rows = [["what", "value", "unit", "goal", "", "peers"]] + measurements.map(\.row)
    let widths = (0..<6).map { column in rows.map { $0[column].count }.max() ?? 0 }
    return rows.map { row in
        zip(row, widths).map { $0 + String(repeating: " ", count: $1 - $0.count) }.joined(separator: "  ")
    }.joined(separator: "\n")
}
