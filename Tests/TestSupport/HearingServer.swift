internal import Foundation
internal import Platform
internal import Synchronization

/// A server that hears clips: the same words for the same sound, whoever asks and however often.
package final class HearingServer: Sendable {
    private let server: ScriptedServer
    private let heard: Heard

    /// What was asked, by the words of the answer.
    private final class Heard: Sendable {
        let texts = Mutex<[String]>([])
    }

    /// Makes a server that gives times for its words, or does not; `refusing` clips by their number gets an error.
    package init(givesTimes: Bool = true, refusing: Set<Int> = []) throws {
        let heard = Heard()
        self.heard = heard
        let answer: @Sendable (ScriptedServer.Request) -> [UInt8] = { request in
            if request.head.contains("/chat/completions") { return Self.translation(of: request.body) }
            let text = Self.text(of: request.body)
            let number = heard.texts.withLock { texts in
                texts.append(text)
                return texts.count - 1
            }
            return Self.answer(text, givesTimes: givesTimes, isRefused: refusing.contains(number))
        }
        server = try ScriptedServer(
            Array(repeating: [.request, .reply(answer)], count: 100).flatMap(\.self) + [.close])
    }

    /// As the environment of a run names it.
    package var environment: [String: String] {
        ["ORIOLE_BASE_URL": server.url + "/v1", "ORIOLE_ENGINE": "openai", "ORIOLE_API_KEY": "k"]
    }

    /// The words of every answer so far.
    package var answers: [String] { heard.texts.withLock { $0 } }

    /// All requests, as they came.
    package var requests: [ScriptedServer.Request] { server.requests }

    /// Three words that the sound of a request alone decides.
    private static func text(of body: [UInt8]) -> String {
        let sound = body.firstRange(of: Array("RIFF".utf8)).map { body[$0.lowerBound...] } ?? body[...]
        // The end of a form is a line that is another each time.
        let digest = SHA256.digest(of: Array(sound.dropLast(80)).span)
        let letters = Array("abcdefghijklmnop")
        let words = (0..<3).map { word in
            String((0..<4).map { letters[Int(digest[word * 4 + $0]) % letters.count] })
        }
        return words.joined(separator: " ") + "."
    }

    /// The lines of a chat that asks for a translation, in capitals.
    private static func translation(of body: [UInt8]) -> [UInt8] {
        struct Chat: Decodable {
            let messages: [[String: String]]
        }
        struct Lines: Codable {
            let lines: [Line]
        }
        struct Line: Codable {
            let id: Int
            let text: String
        }
        let chat = try? JSONDecoder().decode(Chat.self, from: Data(body))
        let given = Data((chat?.messages.last?["content"] ?? "").utf8)
        let lines = (try? JSONDecoder().decode(Lines.self, from: given))?.lines ?? []
        let shouted = Lines(lines: lines.map { Line(id: $0.id, text: $0.text.uppercased()) })
        let content = String(decoding: (try? JSONEncoder().encode(shouted)) ?? Data(), as: UTF8.self)
        let answer = ["choices": [["message": ["content": content]]]]
        return response(
            String(decoding: (try? JSONEncoder().encode(answer)) ?? Data(), as: UTF8.self), status: "200 OK")
    }

    private static func answer(_ text: String, givesTimes: Bool, isRefused: Bool) -> [UInt8] {
        guard !isRefused else {
            return response(#"{"error":{"code":"1301","message":"sensitive"}}"#, status: "400 Bad Request")
        }
        let words = text.split(separator: " ").enumerated().map { index, word in
            #"{"word":"\#(word)","start":\#(Double(index) + 0.5),"end":\#(Double(index) + 1.3)}"#
        }
        let times = givesTimes ? #","words":[\#(words.joined(separator: ","))]"# : ""
        return response(#"{"text":"\#(text)","language":"english"\#(times)}"#, status: "200 OK")
    }

    private static func response(_ body: String, status: String) -> [UInt8] {
        let head = "HTTP/1.1 \(status)\r\nContent-Type: application/json\r\nContent-Length: \(body.utf8.count)\r\n\r\n"
        return Array((head + body).utf8)
    }
}
