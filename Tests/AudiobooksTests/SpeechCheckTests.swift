import AudioCore
import Speech
import Synchronization
import TestSupport
import Testing

@testable import Audiobooks

/// An engine that hears what it is told, by the number of the clip.
private final class FakeListener: Transcriber {
    let transcriptionLimits = EngineLimits(concurrentRequests: 1, clipDuration: .seconds(30))
    private let texts: Mutex<[String]>

    init(_ texts: [String]) { self.texts = Mutex(texts) }

    func transcribe(_ clip: AudioClip, _ options: TranscriptionOptions) async throws(RemoteError) -> Transcript {
        texts.withLock { texts in
            Transcript(text: texts.isEmpty ? "the rest is silence" : texts.removeFirst())
        }
    }

    func transcribeAsItComes(
        _ clip: AudioClip, _ options: TranscriptionOptions
    ) async throws(RemoteError) -> sending EngineStream<String> {
        throw RemoteError(.unsupported, "no")
    }
}

@Suite(.neverHangs) struct SpeechCheckTests {
    @Test func `a sentence whose words are missing is told, asked for again, and heard again`() async throws {
        let folder = ScratchFolder()
        let script = Script(
            [
                Chapter(
                    title: "A",
                    paragraphs: [
                        Paragraph(.text, "The cat sat on the mat."), Paragraph(.text, "Nobody saw the dog at all."),
                    ])
            ], language: "en")
        let engine = FakeSpeaker()
        let recording = try Recording(beside: folder.file("a.wav"))
        let narration = try await recording.narrate(script, by: engine)
        let listener = FakeListener(["the cat sat on a mat and something else"])
        let check = SpeechCheck(listener, recording, language: "en")
        let faults = try await check.faults(in: narration)
        #expect(faults.map(\.number) == [1] && faults[0].share < 0.3)
        // The same sound is not sent twice.
        #expect(try await check.faults(in: narration) == faults)
        #expect(
            try recording.reject(faults, of: narration, script, by: engine, NarrationSettings()) == 1)
        _ = try await recording.narrate(script, by: engine)
        #expect(
            engine.texts.sorted() == [
                "Nobody saw the dog at all.", "Nobody saw the dog at all.", "The cat sat on the mat.",
            ])
        try recording.remove()
    }

    @Test(arguments: [
        ("The cat sat on the mat.", "the cat sat on the mat the cat sat on the mat", true),
        ("The cat sat on the mat.", "the cat sat on the mat thank you", false),
        ("In 1999 it ended.", "in nineteen hundred and ninety nine it ended", false),
        ("他来了，我们走吧。", "他来了我们走吧他来了我们走吧", true), ("他来了，我们走吧。", "她来了我们走了吧", false),
    ])
    func `what is said twice is more than is written`(text: String, heard: String, isMore: Bool) {
        let found = HeardShare.of([text, "Nobody saw it."], in: heard + " nobody saw it")
        #expect(found[0].hasMore == isMore && !found[1].hasMore && found[1].share == 1)
    }

    @Test(arguments: [
        ("The cat sat.", "the cat sat", 1.0), ("The cat sat.", "a dog sat", 1.0 / 3), ("你好世界", "你好，世间", 0.75),
        ("In 1999 it ended.", "in nineteen ninety nine it ended", 1.0), ("It’s so.", "its so", 1.0),
        ("3.14", "pi", 1.0),
        ("Lost.", "", 0.0),
    ])
    func `words count, marks and digits do not`(text: String, heard: String, share: Double) {
        #expect(abs(HeardShare.of([text], in: heard)[0].share - share) < 0.01)
    }
}
