import Foundation
import Platform
import TestSupport
import Testing

@testable import OrioleCommand

/// The bench as a user runs it.
@Suite(.tags(.program), .neverHangs) struct BenchVerbTests {
    private static let simulation = "first=200ms,chunk=100ms,jitter=10ms,length=2s"

    @Test func `a simulated service is measured, kept, shown and compared`() async throws {
        let folder = ScratchFolder()
        for (name, first) in [("before", "200ms"), ("after", "260ms")] {
            let run = try await BuiltCommand.run(
                [
                    "bench", "latency", "--simulate", "first=\(first),chunk=100ms,jitter=10ms,length=2s", "--runs",
                    "20",
                    "--rate", "16000,24000", "--opus-frame", "20", "--target-first-sound", "400ms", "-o", name,
                ], in: folder)
            #expect(run.status == 0 && run.text.contains("recommended for 400 ms: speech"), "\(run.errors)")
            #expect(run.errors == "\(name)/report.html, \(name)/report.json\n")
            let lines = run.text.split(separator: "\n")
            #expect(lines.count == 5 && lines[1].hasPrefix("what") && lines[2].contains("16000 Hz, Opus 20 ms"))
        }
        let page = String(decoding: try contents(of: folder.file("before/report.html")), as: UTF8.self)
        #expect(page.hasPrefix("<!doctype html>") && page.contains("Risk of running dry"))
        let compared = try await BuiltCommand.run(
            ["bench", "compare", "before/report.json", "after/report.json"], in: folder)
        #expect(
            compared.status == 0 && compared.text.contains("worse: speech, 1 at once, 24000 Hz, Opus 20 ms: audible"))
        let same = try await BuiltCommand.run(
            ["bench", "compare", "after/report.json", "after/report.json", "--json"], in: folder)
        #expect(!same.text.contains("worse") && same.text.contains("\"verdict\":\"same\""))
    }

    @Test func `the same service as a server in real time is measured with its connection`() async throws {
        let folder = ScratchFolder()
        let run = try await BuiltCommand.run(
            [
                "bench", "latency", "--simulate", "first=20ms,chunk=100ms,every=5ms,length=1s", "--real-clock",
                "--runs",
                "2", "--kind", "speech,voice", "--json",
            ], in: folder)
        #expect(run.status == 0, "\(run.errors)")
        let report = try JSONDecoder().decode(LatencyReport.self, from: Data(run.output))
        #expect(report.isReal && report.results.map(\.kind) == [.speech, .voice])
        for result in report.results {
            #expect(result.count == 2 && result.connectMs != nil && result.firstByteMs != nil)
            // It never comes sooner than it was to come; how much later depends on what else the machine does.
            #expect((result.firstChunkMs?.samples[0] ?? 0) >= 20 && result.gapMs?.samples.count == 18)
            #expect(result.stages.map(\.name) == (result.kind == .speech ? ["events", "JSON", "base64"] : []))
        }
    }

    @Test func `the core's figures are there`() async throws {
        let folder = ScratchFolder()
        let run = try await BuiltCommand.run(["bench", "dsp", "--json"], in: folder)
        struct Figure: Decodable {
            let name: String
            let value: Double
            let unit: String
        }
        let figures = try JSONDecoder().decode([Figure].self, from: Data(run.output))
        #expect(run.status == 0 && figures.count == 12 && figures.allSatisfy { $0.value > 0 })
        #expect(figures[0].name == "resample 24000 → 16000" && figures[0].unit == "× real time")
    }

    @Test(
        arguments: [
            (["bench", "speed"], 2, "nobody knows how to measure"),
            (["bench", "compare", "a.json"], 2, "two reports"),
            (["bench", "dsp", "--runs", "7"], 2, "--runs is for bench latency"),
            (["bench", "latency", "--opus-frame", "25"], 2, "no frames of 25 ms"),
            (["bench", "latency", "--real-clock"], 2, "simulated"),
            (["bench", "latency", "--text", "a", "--text-file", "b"], 2, "two texts"),
            (["bench", "compare", "none.json", "none.json"], 1, "none.json"),
            (["bench", "compare", "text.json", "text.json"], 3, "no report"),
        ] as [([String], Int32, String)])
    func `what cannot be measured is told`(words: [String], status: Int32, text: String) async throws {
        let folder = ScratchFolder()
        try write(Array("{}".utf8), to: folder.file("text.json"))
        let run = try await BuiltCommand.run(words, in: folder)
        #expect(run.status == status && run.errors.contains(text), "\(run.errors)")
    }

    @Test func `a service that fails is named, and one that fails now and then is counted`() async throws {
        let folder = ScratchFolder()
        let server = try ScriptedServer([
            .request, .send("HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n"), .close,
        ])
        let run = try await BuiltCommand.run(
            ["bench", "latency", "--runs", "2"], in: folder,
            environment: [
                "ORIOLE_BASE_URL": server.url, "ORIOLE_API_KEY": "a-key-of-some-length", "ORIOLE_ENGINE": "glm",
            ])
        #expect(run.status == 4 && run.text.isEmpty, "\(run.errors)")
    }
}
