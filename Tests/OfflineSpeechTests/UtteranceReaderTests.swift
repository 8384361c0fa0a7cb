import Speech
import Testing

@testable import OfflineSpeech

struct UtteranceReaderTests {
    private static func read(_ text: String, _ recognizer: Recognizer) throws(RemoteError) -> [Utterance] {
        var reader = recognizer.makeReader()
        var utterances: [Utterance] = []
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            if let utterance = try reader.read(line) { utterances.append(utterance) }
        }
        if let last = reader.finish() { utterances.append(last) }
        return utterances
    }

    private static let spoken = [
        Utterance(
            text: "i read",
            words: [
                Transcript.Span(text: "i", start: .seconds(0.5), end: .seconds(0.75)),
                Transcript.Span(text: "read", start: .seconds(0.75), end: .seconds(1.25)),
            ]),
        Utterance(text: "yes", words: [Transcript.Span(text: "yes", start: .seconds(3), end: .seconds(3.5))]),
    ]

    @Test func `lines of words follow their text`() throws {
        let lines = """
            i read
            <s> 0.000 0.500 1.000200
            i 0.500 0.750 0.9
            read(2) 0.750 1.250 0.8
            [NOISE] 1.250 1.500 0.8
            </s> 1.500 2.000 1.000000

            <s> 2.000 2.500 1.0
            yes
            yes 3.000 3.500 1.0
            """
        #expect(try Self.read(lines, .lines) == Self.spoken)
        #expect(try Self.read("", .lines).isEmpty)
    }

    @Test func `objects have their words within`() throws {
        let lines = """
            {"b":0.500,"d":0.750,"p":0.9,"t":"i read","w":[{"b":0,"d":0.5,"p":1,"t":"<s>"},{"b":0.500,"d":0.250,"p":1.0,"t":"i"},{"b":0.750,"d":0.500,"p":1,"t":"read(2)"}]}
            {"b":2.0,"d":0.5,"p":0.9,"t":"","w":[]}
            {"b":3.0,"d":0.5,"p":0.9,"t":"yes","w":[{"b":3.0,"d":0.5,"p":1,"t":"yes"}]}

            """
        #expect(try Self.read(lines, .objects) == Self.spoken)
        let error = #expect(throws: RemoteError.self) { _ = try Self.read("{\"b\":", .objects) }
        #expect(error?.code == .malformedAnswer)
    }
}
