/// The pictures of a report.
struct LatencyPlots {
    /// The results of one kind with so many answers at once, which came the same way.
    private let results: [LatencyReport.Result]

    init(_ results: [LatencyReport.Result]) { self.results = results }

    /// All of them.
    var html: String {
        guard let first = results.first else { return "" }
        return "<div class=\"plots\">" + [arrivals(first), gaps(first), risk, stages].joined() + "</div>"
    }

    /// How much sound had come at a time, beside what a player has used up.
    private func arrivals(_ result: LatencyReport.Result) -> String {
        let seconds = result.curves.compactMap { $0.last?.seconds }.max() ?? 0
        let sound = result.curves.compactMap { $0.last?.sound }.max() ?? 0
        var plot = Plot(
            "Arrival of sound", x: Plot.Axis("seconds from the question", upTo: max(seconds, 0.001)),
            y: Plot.Axis("seconds of sound", upTo: sound))
        for curve in result.curves {
            var steps: [(Double, Double)] = []
            var before = 0.0
            for point in curve {
                steps += [(point.seconds, before), (point.seconds, point.sound)]
                before = point.sound
            }
            plot.add(line: steps, series: 0, name: "arrived", style: "thin")
        }
        let buffer = (result.buffer(risk: 1) ?? 0) / 1_000
        if let start = result.firstChunkMs.map({ $0.p50 / 1_000 + buffer }) {
            plot.add(
                line: [(start, 0), (start + sound, sound)], series: 1, name: "played, from the middle start on",
                style: "dashed")
        }
        return plot.html
    }

    /// How often the time between pieces is how long.
    private func gaps(_ result: LatencyReport.Result) -> String {
        let gaps = result.gapMs?.samples ?? []
        let greatest = gaps.last ?? 0
        let count = 30
        let width = max(greatest, 1) / Double(count)
        var counts = [Int](repeating: 0, count: count)
        for gap in gaps { counts[min(Int(gap / width), count - 1)] += 1 }
        var plot = Plot(
            "Time between pieces", x: Plot.Axis("milliseconds", upTo: max(greatest, 1)),
            y: Plot.Axis("pieces", upTo: Double(counts.max() ?? 0)))
        plot.add(
            boxes: counts.enumerated().map {
                (from: Double($0) * width, to: Double($0 + 1) * width, height: Double($1))
            }, series: 0)
        return plot.html
    }

    /// The share of answers in which a start buffer is too small.
    private var risk: String {
        let shown = Array(results.prefix(Plot.seriesCount))
        let greatest = shown.compactMap { $0.bufferMs?.most }.max() ?? 0
        var plot = Plot(
            "Risk of running dry", x: Plot.Axis("start buffer, milliseconds", upTo: max(greatest, 1)),
            y: Plot.Axis("answers, %", upTo: 100))
        for (index, result) in shown.enumerated() {
            let needed = result.bufferMs?.samples ?? []
            var points: [(Double, Double)] = [(0, 100 * Double(needed.count { $0 > 0 }) / Double(max(needed.count, 1)))]
            for (rank, buffer) in needed.enumerated() {
                let rest = 100 * Double(needed.count - rank - 1) / Double(needed.count)
                points += [(buffer, points[points.count - 1].1), (buffer, rest)]
            }
            points.append((max(greatest, 1) * 1.05, 0))
            plot.add(line: points, series: index, name: result.setting.form)
        }
        return plot.html
    }

    /// What our own work takes of each second of sound.
    private var stages: String {
        var names: [String] = []
        for stage in results.flatMap(\.stages) where !names.contains(stage.name) { names.append(stage.name) }
        let shown = results.prefix(12)
        let sums = shown.map { $0.stages.reduce(0) { $0 + $1.microseconds } }
        var rows = ""
        for (result, sum) in zip(shown, sums) {
            let parts = result.stages.map { stage -> String in
                let share = (stage.microseconds / max(sums.max() ?? 1, 1e-9) * 1_000).rounded() / 10
                let series = (names.firstIndex(of: stage.name) ?? 0) % Plot.seriesCount
                return "<span class=\"part s\(series)\" style=\"width:\(share)%\" title=\"\(stage.name) "
                    + "\(Shown.short(stage.microseconds)) µs\"></span>"
            }
            rows +=
                "<tr><th>\(Markup.escaped(result.setting.form))</th><td class=\"bar\"><div>\(parts.joined())</div></td>"
            rows += "<td class=\"number\">\(Shown.short(sum)) µs</td></tr>"
        }
        let keys = names.enumerated().map {
            "<li><span class=\"key s\($0 % Plot.seriesCount)\"></span>\(Markup.escaped($1))</li>"
        }
        let waiting = Shown.short((results.first?.waiting ?? 0) * 1_000)
        return "<figure><figcaption>Our own work for each second of sound</figcaption><table class=\"stages\">\(rows)"
            + "</table><ul class=\"legend\">\(keys.joined())</ul>"
            + "<p class=\"note\">Beside it \(waiting) ms pass in the network and the service.</p></figure>"
    }
}
