import AudioCore
import Foundation

/// Whoever tells speech from other sounds: our detectors and the peers.
struct Listener: Sendable {
    let name: String
    /// How likely each 10 ms of sound at 16 kHz is speech.
    let hear: @Sendable ([Float]) throws -> [VoiceFrame]

    static let media = Listener(name: "media") { frames(MediaVoiceDetector(), of: $0) }
    static let live = Listener(name: "live") { frames(LiveVoiceDetector(), of: $0) }

    /// All that can be asked here, ours first.
    ///
    /// The peers are packages for Python: `ORIOLE_PYTHON` names one that has them, `ORIOLE_SILERO` the model of the second.
    static func all() -> [Listener] {
        let model = ProcessInfo.processInfo.environment["ORIOLE_SILERO"] ?? "silero_vad.onnx"
        let peers = [
            peer("webrtcvad 3", "webrtc-vad.py", [], needs: "pip install webrtcvad-wheels"),
            peer("silero", "silero-vad.py", [model], needs: "pip install onnxruntime, and ORIOLE_SILERO"),
        ]
        return [media, live] + peers.compactMap { $0 }
    }

    private static func frames<Detector: VoiceDetector & ~Copyable>(
        _ detector: consuming Detector, of samples: [Float]
    ) -> [VoiceFrame] {
        var detector = detector
        var frames: [VoiceFrame] = []
        detector.add(samples.span, appendingTo: &frames)
        detector.finish(appendingTo: &frames)
        return frames
    }

    /// What it decides by itself, with gaps below 0.25 s closed and runs below 0.15 s dropped, as the study counts.
    func decide(_ samples: [Float]) throws -> [Bool] {
        var speech = try hear(samples).map { $0.probability >= 0.5 }
        for (value, least) in [(false, 25), (true, 15)] {
            var start = 0
            while start < speech.count {
                let end = speech[start...].firstIndex { $0 != speech[start] } ?? speech.count
                let isInner = start > 0 && end < speech.count
                if speech[start] == value, end - start < least, isInner || value {
                    for frame in start..<end { speech[frame] = !value }
                }
                start = end
            }
        }
        return speech
    }

    /// A peer by its script, which answers with a byte for each frame; nil when it cannot be asked here.
    private static func peer(
        _ name: String, _ script: String, _ arguments: [String], needs remedy: String
    ) -> Listener? {
        let listener = Listener(name: name) { samples in
            try run(script, arguments, samples).map { VoiceFrame(probability: Float($0) / 255, level: -20) }
        }
        guard (try? listener.hear(Array(repeating: 0, count: 480))) != nil else {
            print("hearing: no \(name) beside ours; \(remedy)")
            return nil
        }
        return listener
    }

    private static func run(_ script: String, _ arguments: [String], _ samples: [Float]) throws -> Data {
        var bytes: [UInt8] = []
        PCMEncoder(.signed16).encode(samples.span, appendingTo: &bytes)
        let folder = "\(#filePath)".split(separator: "/").dropLast(3).joined(separator: "/")
        let sound = FileManager.default.temporaryDirectory.appendingPathComponent("oriole-\(UUID()).raw")
        try Data(bytes).write(to: sound)
        defer { try? FileManager.default.removeItem(at: sound) }
        let program = Process()
        program.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        let python = ProcessInfo.processInfo.environment["ORIOLE_PYTHON"] ?? "python3"
        program.arguments = [python, "/\(folder)/Peers/\(script)"] + arguments
        program.standardInput = try FileHandle(forReadingFrom: sound)
        let output = Pipe()
        program.standardOutput = output
        program.standardError = FileHandle.nullDevice
        try program.run()
        let answer = output.fileHandleForReading.readDataToEndOfFile()
        program.waitUntilExit()
        guard program.terminationStatus == 0 else { throw WholeFile.Missing(path: script) }
        return answer
    }
}
