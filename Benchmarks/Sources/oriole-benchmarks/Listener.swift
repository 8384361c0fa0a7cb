import AudioCore
import Foundation

/// Whoever tells speech from other sounds: our detectors and the peer.
struct Listener: Sendable {
    let name: String
    /// How likely each 10 ms of sound at 16 kHz is speech.
    let hear: @Sendable ([Float]) throws -> [VoiceFrame]

    static let media = Listener(name: "media") { frames(MediaVoiceDetector(), of: $0) }
    static let live = Listener(name: "live") { frames(LiveVoiceDetector(), of: $0) }

    /// All that can be asked here, ours first.
    static func all() -> [Listener] {
        guard (try? webRTC.hear(Array(repeating: 0, count: 480))) != nil else {
            print("hearing: no webrtcvad beside ours; pip install webrtcvad-wheels")
            return [media, live]
        }
        return [media, live, webRTC]
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

    /// The telephone's detector, by its package for Python.
    private static let webRTC = Listener(name: "webrtcvad 3") { samples in
        var bytes = Data(capacity: samples.count * 2)
        for sample in samples {
            let value = Int16(max(-32_768, min(32_767, (sample * 32_768).rounded())))
            bytes.append(UInt8(truncatingIfNeeded: value))
            bytes.append(UInt8(truncatingIfNeeded: value >> 8))
        }
        let folder = "\(#filePath)".split(separator: "/").dropLast(3).joined(separator: "/")
        let sound = FileManager.default.temporaryDirectory.appendingPathComponent("oriole-\(UUID()).raw")
        try bytes.write(to: sound)
        defer { try? FileManager.default.removeItem(at: sound) }
        let program = Process()
        program.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        let python = ProcessInfo.processInfo.environment["ORIOLE_PYTHON"] ?? "python3"
        program.arguments = [python, "/\(folder)/Peers/webrtc-vad.py"]
        program.standardInput = try FileHandle(forReadingFrom: sound)
        let output = Pipe()
        program.standardOutput = output
        program.standardError = FileHandle.nullDevice
        try program.run()
        let answer = output.fileHandleForReading.readDataToEndOfFile()
        program.waitUntilExit()
        guard program.terminationStatus == 0 else { throw WholeFile.Missing(path: "webrtcvad") }
        return answer.map { VoiceFrame(probability: $0 == UInt8(ascii: "1") ? 1 : 0, level: -20) }
    }
}
