/// The results as rows, for a terminal and for a page.
enum LatencyTable {
    static let head = [
        "what", "passed on", "first sound p50", "p95", "audible", "first byte", "connect", "gap p50", "p95", "p99",
        "max",
        "buffer 0 %", "1 %", "5 %", "RTF", "work",
    ]
    /// Columns that are words.
    static let textColumns = 2

    static func row(_ result: LatencyReport.Result) -> [String] {
        func milliseconds(_ value: Double?) -> String { value.map { Shown.short($0) } ?? "–" }
        let gaps = result.gapMs
        let failed = result.failures.values.reduce(0, +)
        return [
            result.kind.rawValue + (failed > 0 ? " (\(failed) failed)" : ""), result.setting.name,
            milliseconds(result.firstSoundMs?.p50), milliseconds(result.firstSoundMs?.p95),
            milliseconds(result.firstAudibleMs?.p50), milliseconds(result.firstByteMs?.p50),
            milliseconds(result.connectMs?.p50), milliseconds(gaps?.p50), milliseconds(gaps?.p95),
            milliseconds(gaps?.p99), milliseconds(gaps?.most), milliseconds(result.buffer(risk: 0)),
            milliseconds(result.buffer(risk: 1)), milliseconds(result.buffer(risk: 5)),
            result.realTimeFactor.map { Shown.short($0.p50) } ?? "–",
            Shown.short(result.stages.reduce(0) { $0 + $1.microseconds }) + " µs",
        ]
    }

    /// Rows of text with their columns one below the other.
    static func text(_ results: [LatencyReport.Result]) -> String {
        aligned([head] + results.map(row), textColumns: textColumns)
    }

    /// Words to the left, numbers to the right.
    static func aligned(_ rows: [[String]], textColumns: Int) -> String {
        let widths = (0..<(rows.first?.count ?? 0)).map { column in rows.map { $0[column].count }.max() ?? 0 }
        return rows.map { row in
            row.enumerated().map { column, cell in
                let blanks = String(repeating: " ", count: widths[column] - cell.count)
                return column < textColumns ? cell + blanks : blanks + cell
            }.joined(separator: "  ").trimmedEnd
        }.joined(separator: "\n")
    }
}

extension String {
    fileprivate var trimmedEnd: String { String(reversed().drop { $0 == " " }.reversed()) }
}
