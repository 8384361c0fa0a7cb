import Foundation

/// What the command itself measures, in the same list as all else.
enum CommandFigures {
    /// The figures of `oriole bench dsp`, which has no peers.
    static func core() throws -> [Measurement] {
        struct Figure: Decodable {
            let name: String
            let value: Double
            let unit: String
        }
        let figures = try JSONDecoder().decode([Figure].self, from: output(of: ["bench", "dsp", "--json"]))
        return figures.map {
            Measurement(name: "oriole bench dsp, \($0.name)", value: $0.value, unit: $0.unit, goal: nil)
        }
    }

    /// By how much the bench of latency is off, against a service on this machine whose delays are known.
    static func latency() throws -> [Measurement] {
        struct Report: Decodable {
            let results: [Result]
        }
        struct Result: Decodable {
            let firstChunkMs: Distribution
            let gapMs: Distribution
        }
        struct Distribution: Decodable {
            let samples: [Double]
        }
        let (first, every) = (100.0, 20.0)
        let words = [
            "bench", "latency", "--simulate", "first=\(Int(first))ms,chunk=100ms,every=\(Int(every))ms,length=3s",
            "--real-clock", "--runs", "20", "--json",
        ]
        let report = try JSONDecoder().decode(Report.self, from: output(of: words))
        guard let result = report.results.first else { throw WholeFile.Missing(path: "a result of the bench") }
        func off(_ samples: [Double], _ wanted: Double) -> Double { Race.median(samples.map { abs($0 - wanted) }) }
        return [
            Measurement(
                name: "oriole bench latency, the first piece is off by", value: off(result.firstChunkMs.samples, first),
                unit: "ms", goal: .atMost(2)),
            Measurement(
                name: "oriole bench latency, the gaps are off by", value: off(result.gapMs.samples, every), unit: "ms",
                goal: .atMost(2)),
        ]
    }

    private static func output(of words: [String]) throws -> Data {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: try WholeFile.oriole())
        process.arguments = words
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        let data = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return data
    }
}
