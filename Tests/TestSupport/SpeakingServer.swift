internal import AudioCore
internal import Foundation

/// A server that speaks as ``SpokenTone`` does, whoever asks and however often.
package final class SpeakingServer: Sendable {
    private let server: ScriptedServer

    package init() throws {
        server = try ScriptedServer(
            Array(repeating: [.request, .reply(Self.answer)], count: 200).flatMap(\.self) + [.close])
    }

    /// As the environment of a run names it.
    package var environment: [String: String] {
        ["ORIOLE_BASE_URL": server.url + "/v1", "ORIOLE_ENGINE": "openai", "ORIOLE_API_KEY": "k"]
    }

    /// The texts of all requests, as they came.
    package var texts: [String] { server.requests.map { Self.text(of: $0) } }

    private static func text(of request: ScriptedServer.Request) -> String {
        struct Wanted: Decodable {
            let input: String
        }
        return (try? JSONDecoder().decode(Wanted.self, from: Data(request.body)))?.input ?? ""
    }

    private static func answer(_ request: ScriptedServer.Request) -> [UInt8] {
        let format = PCMFormat(rate: SpokenTone.rate, channels: 1)
        let samples = SpokenTone.samples(text(of: request)).map { Float($0) / 32_768 }
        let file = WAVWriter.file(of: samples.span, format: format, encoding: .signed16)
        let head = "HTTP/1.1 200 OK\r\nContent-Type: audio/wav\r\nContent-Length: \(file.count)\r\n\r\n"
        return Array(head.utf8) + file
    }
}
