/// A report as a page that needs nothing beside it.
struct ReportPage {
    private let report: LatencyReport

    init(_ report: LatencyReport) { self.report = report }

    var html: String {
        """
        <!doctype html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <title>Latency of \(Markup.escaped(report.engine))</title>
        <style>\(Self.style)</style>
        </head>
        <body>
        <main>
        <h1>Latency of \(Markup.escaped(report.engine))</h1>
        <p class="note">\(Markup.escaped(circumstances))</p>
        \(report.recommendation.map { "<p class=\"advice\">\(Markup.escaped($0.text))</p>" } ?? "")
        \(table)
        \(plots)
        <h2>What the words mean</h2>
        <dl>\(Self.words.map { "<dt>\($0.0)</dt><dd>\($0.1)</dd>" }.joined())</dl>
        </main>
        </body>
        </html>

        """
    }

    private var circumstances: String {
        let count = report.results.map(\.count).max() ?? 0
        let clock = report.isReal ? "" : ", on a clock that is not real"
        let simulated = report.simulated.map { ", simulated: \($0)" } ?? ""
        return "\(counted(count, "answer")) to \(counted(report.characters, "character"))\(simulated)\(clock); "
            + report.machine
    }

    private var table: String {
        let columns = LatencyTable.columns(report.results)
        let head = Self.cells("th", columns[0]).joined()
        let rows = zip(report.results, columns.dropFirst()).map { result, texts in
            let cells = Self.cells("td", texts)
            let isAdvised =
                report.recommendation?.setting == result.setting && report.recommendation?.kind == result.kind
            return "<tr\(isAdvised ? " class=\"advised\"" : "")>\(cells.joined())</tr>"
        }
        return "<div class=\"wide\"><table class=\"results\"><thead><tr>\(head)</tr></thead>"
            + "<tbody>\(rows.joined(separator: "\n"))</tbody></table></div>"
    }

    private static func cells(_ tag: String, _ texts: [String]) -> [String] {
        texts.enumerated().map { index, text in
            "<\(tag)\(index < LatencyTable.textColumns ? "" : " class=\"number\"")>\(Markup.escaped(text))</\(tag)>"
        }
    }

    private var plots: String {
        var groups: [(name: String, results: [LatencyReport.Result])] = []
        for result in report.results {
            let name = "\(result.kind.rawValue), \(result.setting.concurrency) at once"
            if let index = groups.firstIndex(where: { $0.name == name }) {
                groups[index].results.append(result)
            } else {
                groups.append((name, [result]))
            }
        }
        return groups.map { "<h2>\($0.name)</h2>" + LatencyPlots($0.results).html }
            .joined(separator: "\n")
    }

    private static let words = [
        ("first sound", "when the first sample that can be heard is played, behind the start buffer of 1 % risk"),
        ("audible", "the same without a start buffer"),
        ("gap", "the time between two pieces"),
        (
            "buffer",
            "how long a player must wait behind the first piece not to run dry: in no answer, in one of a hundred, in five"
        ),
        ("RTF", "the time of an answer for each second of its sound"),
        ("work for 1 s", "what our own code takes for each second of sound"),
    ]
}

// MARK: - Style

extension ReportPage {
    private static let style = """
        :root{--paper:#fff;--ink:#1c2733;--faint:#5b6b7b;--rule:#dde3e9;--soft:#f3f6f9;--advice:#e6f2ea;
        --s0:#2f6fb2;--s1:#d9822b;--s2:#3a9364;--s3:#a24fb0;--s4:#c0453c;--s5:#6b7a14}
        @media (prefers-color-scheme:dark){:root{--paper:#12171d;--ink:#e4eaf0;--faint:#95a3b1;--rule:#2c3640;
        --soft:#1a2129;--advice:#183226;--s0:#6aa9e9;--s1:#f0a557;--s2:#68c492;--s3:#cf8bdb;--s4:#ef8178;--s5:#b8c758}}
        *{box-sizing:border-box}
        body{margin:0;background:var(--paper);color:var(--ink);font:15px/1.5 system-ui,sans-serif}
        main{max-width:1160px;margin:0 auto;padding:24px}
        h1{font-size:24px;margin:0 0 4px}h2{font-size:17px;margin:32px 0 8px}
        .note{color:var(--faint);margin:0 0 16px}
        .advice{background:var(--advice);border-radius:8px;padding:12px 16px;font-weight:600}
        .wide{overflow-x:auto}
        table{border-collapse:collapse;width:100%}
        .results{font-size:13px}.results th,.results td{padding:5px 7px;text-align:left;border-bottom:1px solid var(--rule);white-space:nowrap}
        .results th{color:var(--faint);font-weight:600;font-size:12px;white-space:normal;vertical-align:bottom}
        .number{text-align:right!important;font-variant-numeric:tabular-nums}
        .advised td{background:var(--advice)}
        .plots{display:grid;grid-template-columns:repeat(auto-fit,minmax(420px,1fr));gap:20px}
        figure{margin:0;background:var(--soft);border-radius:10px;padding:14px}
        figcaption{font-weight:600;margin-bottom:6px}
        svg{width:100%;height:auto;display:block}
        svg text{fill:var(--faint);font:11px system-ui,sans-serif}
        .grid{stroke:var(--rule);stroke-width:1}
        .line{fill:none;stroke-width:2}.thin{stroke-width:1.2;opacity:.75}.dashed{stroke-dasharray:6 4}
        .s0{--c:var(--s0)}.s1{--c:var(--s1)}.s2{--c:var(--s2)}.s3{--c:var(--s3)}.s4{--c:var(--s4)}.s5{--c:var(--s5)}
        .line{stroke:var(--c)}.box{fill:var(--c)}.key,.part{background:var(--c)}
        .legend{list-style:none;display:flex;flex-wrap:wrap;gap:4px 16px;margin:8px 0 0;padding:0;font-size:13px}
        .key{display:inline-block;width:10px;height:10px;border-radius:2px;margin-right:6px}
        .stages th{font-weight:400;text-align:left;padding:3px 8px 3px 0;font-size:13px}
        .stages th,.stages td{white-space:nowrap}.bar{width:70%}.bar div{display:flex}.part{height:14px}
        dt{font-weight:600}dd{margin:0 0 8px;color:var(--faint)}
        """
}
