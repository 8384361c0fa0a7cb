import Foundation

/// The lines of “Core”: samples, filters, codecs and files.
enum CoreBenchmarks {
    static func measure() throws -> [Measurement] {
        var all = try ResamplingQuality.measure()
        all += try ResamplingSpeed.measure()
        all += try partInProcess("resampling", simd: "plain")
        all += Base64Speed.measure(level: "")
        all += try partInProcess("base64", simd: "avx2")
        all += try OpusPackaging.measure()
        all += LoudnessSpeed.measure()
        all += try WholeFile.measure()
        return all
    }

    /// A part for another process, which prints its figures as JSON.
    static func runPart(_ name: String) throws {
        let level = ProcessInfo.processInfo.environment["ORIOLE_SIMD"] ?? ""
        let measurements = name == "base64" ? Base64Speed.measure(level: level) : ResamplingSpeed.measurePlain()
        let values = measurements.map { ["name": $0.name, "value": "\($0.value)", "unit": $0.unit] }
        FileHandle.standardOutput.write(try JSONSerialization.data(withJSONObject: values))
    }

    /// Runs a part where the kernels are held down, since they are chosen once for a process.
    private static func partInProcess(_ name: String, simd: String) throws -> [Measurement] {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
        process.arguments = ["--part", name]
        process.environment = ProcessInfo.processInfo.environment.merging(["ORIOLE_SIMD": simd]) { $1 }
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        let data = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        let values = try JSONDecoder().decode([[String: String]].self, from: data)
        return values.map { value in
            let goal: Measurement.Goal =
                switch value["unit"] {
                case "GB/s": .atLeast(16)
                case "× Foundation": .atLeast(7)
                default: .atLeast(1)
                }
            return Measurement(
                name: value["name"] ?? "", value: Double(value["value"] ?? "") ?? .nan, unit: value["unit"] ?? "",
                goal: goal)
        }
    }
}
