import Speech
import TestSupport
import Testing

@testable import GLMSpeech

struct TranslationTests {
    @Test(
        .tags(.parser),
        arguments: [
            #"{"lines":[{"id":2,"text":"b"},{"id":1,"text":"a"}]}"#, "```json\n{\"lines\":[\"a\",\"b\"]}\n```",
            "Here it is: {\"lines\":[{\"id\":1,\"text\":\"a\"},{\"id\":2,\"text\":\"b\"}]} Done.", "1. a\n2. b\n",
            "<think>{\"a\":1} or {b}</think>```json\n{\"lines\":[\"a\",\"b\"]}```",
            "a\n\nb",
            "1：a\n2、b",
        ])
    func `lines are found in whatever a model writes`(text: String) {
        #expect(TranslationAnswer.lines(in: text) == ["a", "b"])
    }

    @Test(
        .tags(.parser),
        arguments: [
            "", "{", "{}", "Sorry, I cannot.", "{}{", #"{"lines":[{"id":1}]}"#,
            #"{"lines":[{"id":1,"text":"a"},{"id":1,"text":"b"}]}"#,
            #"{"lines":[{"id":2,"text":"a"},{"id":3,"text":"b"}]}"#, #"{"lines":[{"id":1,"text":"a"}, oh"#,
        ])
    func `what has no lines, or others than were asked for, has none`(text: String) {
        #expect(TranslationAnswer.lines(in: text) == [])
    }

    @Test func `a time at the beginning of a line is no number`() {
        #expect(TranslationAnswer.lines(in: "10:30 is late\n3.5 litres") == ["10:30 is late", "3.5 litres"])
        #expect(TranslationAnswer.lines(in: "1. 10:30 is late\n2. 3.5 litres") == ["10:30 is late", "3.5 litres"])
    }

    @Test(arguments: [GLMSettings.Dialect.glm, .openai])
    func `a chat is asked for lines`(dialect: GLMSettings.Dialect) async throws {
        let content = #"{\"lines\":[{\"id\":1,\"text\":\"你好\"}]}"#
        let body = #"{"choices":[{"message":{"role":"assistant","content":"\#(content)"}}]}"#
        let head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: \(body.utf8.count)\r\n\r\n"
        let server = try ScriptedServer([.request, .send(head + body), .close])
        let client = try GLMClient(GLMSettings(baseURL: server.url, credential: .key("k"), dialect: dialect))
        let lines = try await client.translate(TranslationRequest(["hello"], to: "zh", before: ["before"], after: []))
        #expect(lines == ["你好"])
        let sent = String(decoding: server.requests.first?.body ?? [], as: UTF8.self)
        #expect(server.requests.first?.head.hasPrefix("POST /chat/completions") == true)
        #expect(sent.contains("hello") && sent.contains("before") && sent.contains(#"code \"zh\""#))
        #expect(sent.contains(#""thinking":{"type":"disabled"}"#) == (dialect == .glm))
    }
}
