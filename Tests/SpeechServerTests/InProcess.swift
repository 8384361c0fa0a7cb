import AudioCore
import Foundation
import Platform
import Speech
import TestSupport
import Testing

@testable import SpeechServer

/// Asks a service in process: the same closures as over a socket, with bodies cut at random.
struct InProcess {
    let service: SpeechService
    let engine: FakeEngine

    init(
        _ behaviour: FakeEngine.Behaviour = FakeEngine.Behaviour(), _ settings: ServerSettings = ServerSettings(),
        translates: Bool = false, heartbeat: @escaping Heartbeat = { while !Task.isCancelled { await Task.yield() } }
    ) {
        engine = FakeEngine(behaviour)
        var engines = ServerEngines(speech: engine, hearing: engine, conversation: engine, voices: engine)
        engines.translation = translates ? engine : nil
        service = SpeechService(engines, settings, heartbeat: heartbeat)
    }

    /// An answer that is over.
    struct Reply {
        let status: Int?
        let fields: [RequestHead.Field]
        let body: [UInt8]
        let isWhole: Bool

        var text: String { String(decoding: body, as: UTF8.self) }

        func field(_ name: String) -> String? { fields.first { $0.name == name }?.value }

        func json() throws -> [String: Any] {
            try #require(try JSONSerialization.jsonObject(with: Data(body)) as? [String: Any])
        }

        /// The data of its events.
        func events() -> [String] {
            text.split(separator: "\n").filter { $0.hasPrefix("data: ") }.map { String($0.dropFirst(6)) }
        }
    }

    func get(_ path: String, query: [String: String] = [:], fields: [String: String] = [:]) async -> Reply {
        await ask("GET", path, query, fields, [])
    }

    func post(json: String, to path: String, fields: [String: String] = [:]) async -> Reply {
        await ask(
            "POST", path, [:], fields.merging(["content-type": "application/json"]) { a, _ in a }, Array(json.utf8))
    }

    func post(form: [FormPart], to path: String, query: [String: String] = [:]) async -> Reply {
        let type = "multipart/form-data; boundary=\(FormPart.boundary)"
        return await ask("POST", path, query, ["content-type": type], FormPart.body(form))
    }

    private func ask(
        _ method: String, _ path: String, _ query: [String: String], _ fields: [String: String], _ body: [UInt8]
    ) async -> Reply {
        let head = RequestHead(
            id: RequestNumber.next(), method: method, path: path,
            query: query.map { RequestHead.Field($0.key, $0.value) },
            fields: fields.map { RequestHead.Field($0.key, $0.value) }
                + [RequestHead.Field("Content-Length", "\(body.count)")])
        let answer = Answer([RequestHead.Field("X-Log-Id", head.id)])
        do throws(Fault) {
            var reader = try BodyReader(of: head, limit: try service.longestBody(of: head))
            for piece in body.cut(seed: UInt64(body.count), longest: 5_000) { try reader.read(Array(piece).span) }
            let request = Request(head: head, body: try reader.finish())
            async let reply = Self.read(answer)
            await service.respond(to: request, with: answer)
            return await reply
        } catch {
            service.refuse(error, head, with: answer)
            return await Self.read(answer)
        }
    }

    /// Reads an answer to its end, as a connection does.
    static func read(_ answer: Answer) async -> Reply {
        var head: Answer.Head?
        while true {
            let known = answer.head { {} }
            if let known {
                head = known
                break
            }
            await Task.yield()
        }
        var body: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 10_000)
        while true {
            let taken = unsafe buffer.withUnsafeMutableBytes { unsafe answer.take(into: $0) { {} } }
            switch taken {
            case .bytes(let count): body += buffer.prefix(count)
            case .nothingYet: await Task.yield()
            case .end, .broken:
                return Reply(
                    status: head?.status, fields: head?.fields ?? [], body: body, isWhole: taken == .end && head != nil)
            }
        }
    }
}

/// A part of a form, as clients write it.
struct FormPart {
    let name: String
    let content: [UInt8]
    var fileName: String?
    var type: String?

    static func text(_ name: String, _ value: String) -> FormPart { FormPart(name: name, content: Array(value.utf8)) }

    static func file(_ content: [UInt8], _ name: String = "file", type: String? = "audio/wav") -> FormPart {
        FormPart(name: name, content: content, fileName: "a.wav", type: type)
    }

    static let boundary = "0123456789abcdef0123456789abcdef"

    static func body(_ parts: [FormPart], boundary: String = boundary) -> [UInt8] {
        var bytes: [UInt8] = []
        for part in parts {
            var head = "--\(boundary)\r\nContent-Disposition: form-data; name=\"\(part.name)\""
            if let name = part.fileName { head += "; filename=\"\(name)\"" }
            if let type = part.type { head += "\r\nContent-Type: \(type)" }
            bytes += Array((head + "\r\n\r\n").utf8) + part.content + [13, 10]
        }
        return bytes + Array("--\(boundary)--\r\n".utf8)
    }
}

/// Sound in which somebody speaks.
enum SpokenSound {
    /// A voice that speaks from the third second to the eighth, made once.
    private static let voice = Signals.voice(seconds: 15)

    /// So many seconds at 16 kHz, of which each fifteen are the same.
    static func samples(seconds: Int) -> [Float] {
        let times = seconds / 15 + 1
        return Array(repeatElement(voice, count: times).joined().prefix(seconds * 16_000))
    }

    static func wave(seconds: Int) -> [UInt8] {
        WAVWriter.file(
            of: samples(seconds: seconds).span, format: PCMFormat(rate: 16_000, channels: 1), encoding: .signed16)
    }

    /// The samples alone.
    static func raw(seconds: Int) -> [UInt8] { Array(wave(seconds: seconds).dropFirst(44)) }
}

/// Lets so many beats come, then none.
final class Beats: Sendable {
    private let tally = Tally()
    private let most: Int
    private let over: Latch

    init(_ most: Int, then over: Latch) { (self.most, self.over) = (most, over) }

    @Sendable func beat() async {
        tally.enter()
        guard tally.count > most else { return }
        over.open()
        while !Task.isCancelled { await Task.yield() }
    }
}
