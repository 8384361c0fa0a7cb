/// The results as rows, for a terminal and for a page.
enum LatencyTable {
    static let head = [
        "what", "passed on", "first sound p50/p95", "audible", "first byte", "connect", "gap p50/p95/p99/max",
        "buffer 0/1/5 %", "RTF", "work for 1 s",
    ]
    /// Columns that are words.
    static let textColumns = 2

    static func row(_ result: LatencyReport.Result) -> [String] {
        func numbers(_ values: Double?...) -> String {
            values.map { $0.map { Shown.short($0) } ?? "–" }.joined(separator: "/")
        }
        let (sound, gaps) = (result.firstSoundMs, result.gapMs)
        let failed = result.failures.values.reduce(0, +)
        return [
            result.kind.rawValue + (failed > 0 ? " (\(failed) failed)" : ""), result.setting.name,
            numbers(sound?.p50, sound?.p95), numbers(result.firstAudibleMs?.p50), numbers(result.firstByteMs?.p50),
            numbers(result.connectMs?.p50), numbers(gaps?.p50, gaps?.p95, gaps?.p99, gaps?.most),
            numbers(result.buffer(risk: 0), result.buffer(risk: 1), result.buffer(risk: 5)),
            numbers(result.realTimeFactor?.p50),
            Shown.short(result.stages.reduce(0) { $0 + $1.microseconds }) + " µs",
        ]
    }

    /// The head and the rows, without columns in which nothing is.
    static func columns(_ results: [LatencyReport.Result]) -> [[String]] {
        let rows = results.map(row)
        let kept = head.indices.filter { column in !rows.allSatisfy { $0[column] == "–" } }
        return ([head] + rows).map { row in kept.map { row[$0] } }
    }

    /// Rows of text with their columns one below the other.
    static func text(_ results: [LatencyReport.Result]) -> String {
        aligned(columns(results), textColumns: textColumns)
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
