import AudioCore
import Platform
import Speech
import TestSupport
import Testing

@testable import OfflineSpeech

@Suite(.tags(.program), .neverHangs)
struct OfflineEngineTests {
    private let engine = OfflineEngine()

    private static func pieces(_ stream: EngineStream<SpeechChunk>) async throws(RemoteError) -> [SpeechChunk] {
        var pieces: [SpeechChunk] = []
        var reader = stream.makeAsyncIterator()
        while let piece = try await reader.next() { pieces.append(piece) }
        return pieces
    }

    /// The root of the mean square of 16-bit samples.
    private static func level(_ samples: [Int16]) -> Double {
        (samples.reduce(0) { $0 + Double($1) * Double($1) } / Double(max(samples.count, 1))).squareRoot()
    }

    @Test(.needsProgram("flite"), .needsProgram("espeak-ng"))
    func `a text comes sentence by sentence, each in its language`() async throws {
        let pieces = try await Self.pieces(engine.speak(SpeechRequest("Dr. Hill is here. How are you? 你好，世界。")))
        #expect(pieces.count == 3 && pieces.map(\.index) == [0, 1, 2])
        #expect(pieces.allSatisfy { $0.audio.format == PCMFormat(rate: 24_000, channels: 1) })
        #expect(pieces.allSatisfy { Self.level($0.audio.samples) > 300 })
        for (piece, next) in zip(pieces, pieces.dropFirst()) { #expect(piece.audio.end == next.audio.start) }
    }

    @Test(.needsProgram("flite"), .needsProgram("espeak-ng"), arguments: ["Nothing is lost here.", "一切都在这里。"])
    func `speed and volume are what was asked`(text: String) async throws {
        func clip(speed: Double, volume: Double) async throws -> SpeechClip {
            try #require(try await engine.speak(SpeechRequest(text, speed: speed, volume: volume)).collect())
        }
        let plain = try await clip(speed: 1, volume: 1)
        let fast = try await clip(speed: 2, volume: 1)
        let slow = try await clip(speed: 0.5, volume: 1)
        let quiet = try await clip(speed: 1, volume: 0.25)
        let loud = try await clip(speed: 1, volume: 10)
        #expect(Double(fast.samples.count) < 0.75 * Double(plain.samples.count))
        #expect(Double(slow.samples.count) > 1.5 * Double(plain.samples.count))
        #expect(abs(Self.level(quiet.samples) / Self.level(plain.samples) - 0.25) < 0.01)
        #expect(loud.samples.max() == .max)
    }

    /// Plain sentences of the kind that dictation has.
    private static let sentences = [
        "The quick brown fox is in the garden.", "We will meet again at seven in the morning.",
        "She opened the window and looked at the sea.", "There are twenty people in the room.",
        "He wrote a long letter to his mother.", "The train was late because of the snow.",
        "Please put the book back on the table.", "I have never seen such a beautiful house.",
        "The children played in the park all day.", "My brother works for a large company.",
        "It is going to rain in the afternoon.", "The doctor told him to stay in bed.",
        "They walked along the river for an hour.", "Can you help me with this problem?",
        "The old man sat under the tree.", "We bought bread and milk at the store.",
        "The museum is open every day but Monday.", "Her father was born in a small village.",
        "You should always tell the truth.", "The water in the lake is very cold.",
    ]

    private static func words(_ text: String) -> [Substring] {
        text.lowercased().split { !$0.isLetter && $0 != "'" }
    }

    /// How many words must be added, removed or changed.
    private static func faults(_ said: [Substring], _ heard: [Substring]) -> Int {
        var row = Array(0...heard.count)
        for (line, word) in said.enumerated() {
            var diagonal = row[0]
            row[0] = line + 1
            for (column, other) in heard.enumerated() {
                let changed = diagonal + (word == other ? 0 : 1)
                diagonal = row[column + 1]
                row[column + 1] = min(changed, row[column] + 1, diagonal + 1)
            }
        }
        return row[heard.count]
    }

    @Test(.needsOptimization, .needsProgram("flite"), .needsProgram("pocketsphinx_continuous"))
    func `what one program says, the other hears: 20 sentences with fewer than one word in ten wrong`() async throws {
        var faults = 0
        var count = 0
        for sentence in Self.sentences {
            let clip = try #require(try await engine.speak(SpeechRequest(sentence, voice: "rms")).collect())
            let sound = PCMChunk(
                format: clip.format, start: MediaTime(frames: 0, rate: clip.format.rate), samples: clip.samples)
            let transcript = try await engine.transcribe(.samples(sound.floats()))
            let said = Self.words(sentence)
            faults += Self.faults(said, Self.words(transcript.text))
            count += said.count
            #expect(transcript.words.map(\.text) == transcript.text.split(separator: " ").map(String.init))
            #expect(zip(transcript.words, transcript.words.dropFirst()).allSatisfy { $0.end <= $1.start })
            #expect(transcript.words.allSatisfy { $0.end <= .seconds(sound.end.seconds) })
        }
        #expect(Double(faults) < 0.1 * Double(count), "\(faults) of \(count) words")
    }

    @Test(.needsProgram("flite"), .needsProgram("pocketsphinx_continuous"))
    func `a transcript comes utterance by utterance, and a conversation repeats it and says so`() async throws {
        let rate = 24_000
        var samples: [Int16] = []
        for sentence in ["The quick brown fox is in the garden.", "The old man sat under the tree."] {
            samples += try #require(try await engine.speak(SpeechRequest(sentence)).collect()).samples
            samples += [Int16](repeating: 0, count: 2 * rate)
        }
        let format = PCMFormat(rate: rate, channels: 1)
        let sound = PCMChunk(format: format, start: MediaTime(frames: 0, rate: rate), samples: samples).floats()
        var pieces: [String] = []
        for try await piece in try await engine.transcribeAsItComes(.samples(sound)) { pieces.append(piece) }
        #expect(pieces.count == 2 && pieces[0].contains("garden") && pieces[1].hasPrefix(" "))
        var said = ""
        var hasSound = false
        let turns = [VoiceTurn.user(text: nil, clip: .samples(sound))]
        for try await event in try engine.answer(VoiceRequest(turns: turns)) {
            switch event {
            case .text(let text): said += text
            case .audio(let piece): hasSound = hasSound || Self.level(piece.audio.samples) > 300
            case .audioReference: Issue.record("an offline answer has no number")
            }
        }
        #expect(said.contains("only repeat") && said.contains("garden") && hasSound)
    }

    @Test(.needsProgram("espeak-ng")) func `a language that nobody speaks is refused with a way to see the others`()
        async
    {
        let error = await #expect(throws: RemoteError.self) {
            _ = try await engine.speak(SpeechRequest("x", language: "tlh-x")).collect()
        }
        #expect(error?.code == .unsupported && error?.hint?.contains("oriole voices") == true)
    }

    @Test func `what cannot be spoken or heard is refused before a program starts`() async {
        for request in [
            SpeechRequest(" \n"), SpeechRequest("a", speed: 0.4), SpeechRequest("a", speed: .nan),
            SpeechRequest("a", volume: 0), SpeechRequest("a", volume: 11),
        ] {
            let error = #expect(throws: RemoteError.self) { _ = try engine.speak(request) }
            #expect(error?.code == .invalidRequest)
        }
        let language = await #expect(throws: RemoteError.self) {
            _ = try await engine.transcribe(.file(path: "x.wav"), TranscriptionOptions(language: "zh"))
        }
        #expect(language?.code == .missingProgram && language?.hint?.contains("--engine") == true)
        let file = await #expect(throws: RemoteError.self) { _ = try await engine.transcribe(.file(path: "/none.wav")) }
        #expect(file?.code == .notFound)
    }

    @Test func `a program that is missing comes with the command that installs it`() async {
        let program = OfflineProgram(name: "no-such-program", package: "some-package", purpose: "a test")
        let error = await #expect(throws: RemoteError.self) {
            _ = try await program.output([], limits: ChildProcess.Limits())
        }
        #expect(error?.code == .missingProgram && error?.hint == Environment.installing("some-package"))
    }

    @Test func `a program that fails is told with its last words`() async {
        let program = OfflineProgram(name: "sh", package: "dash", purpose: "a test")
        let error = await #expect(throws: RemoteError.self) {
            _ = try await program.output(["-c", "echo one >&2; echo two >&2; exit 3"], limits: ChildProcess.Limits())
        }
        #expect(error?.code == .serviceFailed && error?.message == "sh ended with 3: two")
    }
}
