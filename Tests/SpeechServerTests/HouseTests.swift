import Foundation
import Platform
import Speech
import TestSupport
import Testing

@testable import SpeechServer

struct HouseTests {
    /// What the description says about a route is what the route takes, and there is a description of every route.
    @Test func `the description names every route, and every word that it reads`() async throws {
        let client = InProcess()
        let document = try await client.get("/openapi.json").json()
        #expect((document["openapi"] as? String)?.hasPrefix("3.1") == true)
        let paths = try #require(document["paths"] as? [String: [String: [String: Any]]])
        let described = Set(paths.flatMap { path, methods in methods.keys.map { "\($0.uppercased()) \(path)" } })
        #expect(described == Set(client.service.router.routes.map { "\($0.method) \($0.path)" }))
        for route in client.service.router.routes {
            let operation = try #require(paths[route.path]?[route.method.lowercased()])
            #expect((operation["summary"] as? String)?.isEmpty == false)
            let queries = (operation["parameters"] as? [[String: Any]] ?? []).compactMap { $0["name"] as? String }
            let content = (operation["requestBody"] as? [String: Any])?["content"] as? [String: [String: Any]]
            let schema = content?.values.first?["schema"] as? [String: Any]
            let members = (schema?["properties"] as? [String: Any] ?? [:]).keys
            #expect(Set(queries + members) == Set(route.operation.parameters.map(\.name)), "\(route.path)")
        }
    }

    /// The names by which the sources read a form or an address.
    private static func namesThatAreRead() throws -> Set<String> {
        let tests = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
        let folder = "/\(tests)/Sources/SpeechServer"
        let files = try FileManager.default.subpathsOfDirectory(atPath: folder).filter { file in
            // A call reads events, which have no description of that kind.
            file.hasSuffix(".swift") && !file.contains("/Realtime/")
        }
        return try files.reduce(into: []) { names, file in
            let text = String(decoding: try contents(of: "\(folder)/\(file)"), as: UTF8.self)
            for match in text.matches(of: /\.(?:text|texts|file|parameter)\("([A-Za-z_]+)"\)/) {
                names.insert(String(match.1))
            }
        }
    }

    @Test func `whatever is read of a request is described`() throws {
        let described = Set(InProcess().service.router.routes.flatMap { $0.operation.parameters.map(\.name) })
        let read = try Self.namesThatAreRead()
        #expect(read.contains("file") && read.contains("language"), "\(read)")
        #expect(read.subtracting(described).isEmpty, "\(read.subtracting(described))")
    }

    /// Every value that a description lists is taken, and another is not.
    @Test(.needsOptimization) func `each listed value of a member is one that the route takes`() async throws {
        var settings = ServerSettings()
        settings.givesEmptySubtitles = true
        let client = InProcess(.init(), settings)
        for route in client.service.router.routes where route.method == "POST" {
            for parameter in route.operation.parameters where !parameter.values.isEmpty && parameter.type == .string {
                for value in parameter.values + ["no-such-value"] {
                    let reply = await Self.ask(client, route, parameter, value)
                    let isTaken = [200, 501].contains(reply.status)
                    #expect(
                        isTaken == (value != "no-such-value"), "\(route.path) \(parameter.name)=\(value): \(reply.text)"
                    )
                }
            }
        }
    }

    private static func ask(
        _ client: InProcess, _ route: Route, _ parameter: RouteDescription.Parameter, _ value: String
    ) async -> InProcess.Reply {
        if parameter.place == .json {
            let json = #"{"model":"glm-tts","input":"hi","\#(parameter.name)":"\#(value)"}"#
            return await client.post(json: json, to: route.path)
        }
        let file = route.path.hasPrefix("/v1") ? "file" : "audio_file"
        var form: [FormPart] = [.file(SpokenSound.wave(seconds: 1), file), .text("model", "glm-asr-2512")]
        if parameter.place == .form { form.append(.text(parameter.name, value)) }
        let query = parameter.place == .query ? [parameter.name: value] : [:]
        return await client.post(form: form, to: route.path, query: query)
    }

    @Test func `what was done is counted, as Prometheus reads it`() async throws {
        let client = InProcess()
        let head = RequestHead(id: "1", method: "POST", path: "/v1/audio/speech")
        client.service.note(
            AccessRecord(
                head: head, status: 200, receivedByteCount: 10, sentByteCount: 20, duration: .milliseconds(30),
                isComplete: true))
        client.service.note(
            AccessRecord(
                head: RequestHead(id: "2", method: "GET", path: "/nothing\n\"here"), status: 404, receivedByteCount: 0,
                sentByteCount: 5, duration: .seconds(7), isComplete: false))
        _ = await client.post(json: #"{"input":"hi","response_format":"pcm"}"#, to: "/v1/audio/speech")
        let reply = await client.get("/metrics")
        #expect(reply.field("Content-Type")?.hasPrefix("text/plain; version=0.0.4") == true)
        let lines = Set(reply.text.split(separator: "\n").map(String.init))
        for line in [
            #"oriole_requests_total{route="/v1/audio/speech",status="200"} 1"#,
            #"oriole_requests_total{route="none",status="499"} 1"#,
            #"oriole_request_seconds_bucket{route="/v1/audio/speech",le="0.025"} 0"#,
            #"oriole_request_seconds_bucket{route="/v1/audio/speech",le="0.1"} 1"#,
            #"oriole_request_seconds_bucket{route="none",le="+Inf"} 1"#,
            #"oriole_request_seconds_sum{route="none"} 7.0"#,
            "oriole_received_bytes_total 10.0", "oriole_sent_bytes_total 25.0", "oriole_spoken_seconds_total 0.3",
            #"oriole_working{kind="speaking"} 0"#, #"oriole_waiting{kind="hearing"} 0"#,
        ] {
            #expect(lines.contains(line), "\(line)")
        }
        // Every name is explained once, and every line is of the form that is read.
        let names = lines.filter { $0.hasPrefix("# TYPE") }.map { $0.split(separator: " ")[2] }
        #expect(names.count == Set(names).count)
        let form = /[a-z_]+(\{[a-z]+="[^"\n]*"(,[a-z]+="[^"\n]*")*\})? [0-9.e+-]+/
        #expect(lines.filter { !$0.hasPrefix("#") }.allSatisfy { $0.wholeMatch(of: form) != nil })
    }

    @Test func `the first page says what there is`() async throws {
        let reply = await InProcess().get("/")
        #expect(reply.text.contains("POST /v1/audio/speech") && reply.text.contains("/openapi.json"))
        #expect(try await InProcess().get("/health").json()["status"] as? String == "ok")
    }
}

struct AuthorizationTests {
    /// A token in the service's own form: an id, a dot and a secret.
    private static let token = "0123456789abcdef0123456789abcdef.S3cretS3cretS3cr"

    private static func isLet(_ authorization: Authorization, _ field: String?, origin: String? = nil) -> Fault.Kind? {
        var fields = field.map { [RequestHead.Field("authorization", $0)] } ?? []
        if let origin { fields.append(.init("Origin", origin)) }
        fields.append(.init("Host", "oriole.lan:9000"))
        let head = RequestHead(id: "1", method: "GET", path: "/", fields: fields)
        do throws(Fault) {
            try authorization.check(head)
            return nil
        } catch {
            return error.kind
        }
    }

    @Test(
        arguments: [
            ("Bearer \(token)", nil), ("bearer \(token)", nil), (token, nil), ("Bearer \(token)x", .unauthorized),
            ("Bearer \(token.dropLast())", .unauthorized), ("Bearer ", .unauthorized), ("", .unauthorized),
            (nil, .unauthorized), ("Basic \(token)", .unauthorized),
        ] as [(String?, Fault.Kind?)])
    func `whoever shows the token is let in`(field: String?, fault: Fault.Kind?) {
        #expect(Self.isLet(Authorization(token: Self.token), field) == fault)
    }

    /// Signed tokens as clients make them: milliseconds, with a type, and seconds.
    private static let signed = [
        "eyJhbGciOiJIUzI1NiIsInNpZ25fdHlwZSI6IlNJR04ifQ."
            + "eyJhcGlfa2V5IjoiMDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWYiLCJleHAiOjE3NjAwMDAyMTAwMDAsInRpbWVzdGFtcCI6MTc2MDAwMDAwMDAwMH0."
            + "-M9ezQQRZsObEDcighozpXmGC6WDeYZpRnUykLKG0NM",
        "eyJhbGciOiJIUzI1NiIsInNpZ25fdHlwZSI6IlNJR04iLCJ0eXAiOiJKV1QifQ."
            + "eyJhcGlfa2V5IjoiMDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWYiLCJleHAiOjE3NjAwMDAyMTAwMDAsInRpbWVzdGFtcCI6MTc2MDAwMDAwMDAwMH0."
            + "BRLN9knG83aFqdXSZ7GZvNn1Imkx0WeRzskuLAH9brE",
        "eyJhbGciOiJIUzI1NiIsInNpZ25fdHlwZSI6IlNJR04ifQ."
            + "eyJhcGlfa2V5IjoiMDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWYiLCJleHAiOjE3NjAwMDAyMTAsInRpbWVzdGFtcCI6MTc2MDAwMDAwMDAwMH0."
            + "lUo1N0J2z-ELA3uxHB1Ri6cFYLhLpuDktLxLshGlZRU",
    ]

    private static func signed(until end: Int64) -> String {
        func coded(_ bytes: [UInt8]) -> String {
            Data(bytes).base64EncodedString().replacing("+", with: "-").replacing("/", with: "_").replacing(
                "=", with: "")
        }
        let parts = token.split(separator: ".")
        let text =
            coded(Array(#"{"alg":"HS256"}"#.utf8)) + "."
            + coded(Array(#"{"api_key":"\#(parts[0])","exp":\#(end)}"#.utf8))
        return text + "." + coded(HMAC.sha256(Array(text.utf8), key: Array(parts[1].utf8)))
    }

    @Test(arguments: signed) func `a token signed with it holds until its end`(text: String) {
        let before = Authorization(token: Self.token) { 1_760_000_209_000 }
        #expect(Self.isLet(before, "Bearer \(text)") == nil && Self.isLet(before, text) == nil)
        #expect(Self.isLet(before, "Bearer \(text.dropLast(2))AA") == .unauthorized)
        // Numbers that are no time end nothing but the token.
        for end in [Int64.min, -1, Int64.max] { #expect(Self.isLet(before, Self.signed(until: end)) == .unauthorized) }
        let after = Authorization(token: Self.token) { 1_760_000_211_000 }
        let head = RequestHead(id: "1", method: "GET", path: "/", fields: [.init("Authorization", text)])
        // The code on which clients renew their token.
        #expect((#expect(throws: Fault.self) { try after.check(head) })?.code == "1003")
        let other = Authorization(token: Self.token.replacing("S3", with: "T4")) { 1_760_000_209_000 }
        #expect(Self.isLet(other, "Bearer \(text)") == .unauthorized)
    }

    @Test(
        arguments: [
            ("http://evil.example", .forbidden), ("null", .forbidden), ("http://localhost:3000", nil),
            ("http://127.0.0.1", nil),
            ("http://[::1]:8080", nil), ("https://oriole.lan:9000", nil), ("http://localhost.evil.example", .forbidden),
            ("http://127.0.0.1.evil.example", .forbidden), ("http://[::1].evil.example", .forbidden),
        ] as [(String, Fault.Kind?)])
    func `pages of other sites may not use a server without a token`(origin: String, fault: Fault.Kind?) {
        #expect(Self.isLet(Authorization(token: nil), nil, origin: origin) == fault)
        #expect(Self.isLet(Authorization(token: Self.token), "Bearer \(Self.token)", origin: origin) == nil)
    }

    @Test(
        arguments: [
            ("localhost:9000", nil), ("127.0.0.1", nil), ("[::1]:9000", nil), ("host.docker.internal:9000", nil),
            ("evil.example:9000", .forbidden), ("localhost.evil.example", .forbidden), ("192.168.1.7:9000", .forbidden),
        ] as [(String, Fault.Kind?)])
    func `a server for this machine alone answers to its own names`(host: String, fault: Fault.Kind?) {
        let head = RequestHead(id: "1", method: "GET", path: "/", fields: [.init("Host", host)])
        let authorization = Authorization(token: nil, isForThisMachine: true)
        #expect((try? authorization.check(head)) == nil ? fault == .forbidden : fault == nil)
        #expect(throws: Never.self) { try Authorization(token: nil).check(head) }
    }

    @Test func `without the token only the health is told`() async {
        var settings = ServerSettings()
        settings.token = Self.token
        let client = InProcess(.init(), settings)
        #expect(await client.get("/health").status == 200)
        let refused = await client.get("/v1/models")
        #expect(refused.status == 401 && refused.field("WWW-Authenticate") == "Bearer")
        #expect(await client.get("/v1/models", fields: ["Authorization": "Bearer \(Self.token)"]).status == 200)
        #expect(await client.post(json: "{}", to: "/api/paas/v4/audio/speech").text.contains(#""code":"1001""#))
    }
}
