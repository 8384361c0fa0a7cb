import Platform
import TestSupport
import Testing

@testable import OrioleCommand

@Suite(.tags(.program), .neverHangs)
struct ConfigVerbTests {
    private static func config(_ words: String..., folder: borrowing ScratchFolder, environment: [String: String] = [:])
        async throws -> BuiltCommand.Run
    {
        try await BuiltCommand.run(
            ["config"] + words, in: folder,
            environment: environment.merging(["ORIOLE_CONFIG": folder.file("config.json")]) { given, _ in given })
    }

    @Test func `a setting is kept, shown with its origin, and taken away`() async throws {
        let folder = ScratchFolder()
        #expect(try await Self.config("set", "voice", "anna", folder: folder).status == 0)
        #expect(try await Self.config("set", "speed", "1.5", folder: folder).status == 0)
        let file = String(decoding: try contents(of: folder.file("config.json")), as: UTF8.self)
        #expect(file.contains(#""speed" : 1.5"#) && file.contains(#""voice" : "anna""#))
        #expect(try await Self.config("get", "voice", folder: folder).text == "anna\n")
        let shown = try await Self.config(
            "show", folder: folder, environment: ["ORIOLE_SPEED": "0.5", "ZAI_API_KEY": "k"])
        let lines = shown.text.split(separator: "\n").map { $0.split(separator: " ", maxSplits: 2) }
        #expect(
            lines.contains {
                $0[0] == "voice" && $0[1] == "anna" && $0[2].hasSuffix("file \(folder.file("config.json"))")
            })
        #expect(lines.contains { $0[0] == "speed" && $0[1] == "0.5" && $0[2].hasSuffix("environment ORIOLE_SPEED") })
        #expect(lines.contains { $0[0] == "key" && $0[1] == "set" && $0[2].hasSuffix("environment ZAI_API_KEY") })
        #expect(lines.contains { $0[0] == "volume" && $0[2].hasSuffix("built in") })
        #expect(try await Self.config("unset", "voice", folder: folder).status == 0)
        #expect(try await Self.config("get", "voice", folder: folder).status == 1)
        #expect(folder.names == ["config.json"])
    }

    @Test func `text stays text, and a file is found from every folder`() async throws {
        let folder = ScratchFolder()
        try write(Array("key".utf8), to: folder.file("my-key"))
        for (name, value) in [("voice", "007"), ("speech-model", "1.10"), ("language", "true")] {
            #expect(try await Self.config("set", name, value, folder: folder).status == 0)
            #expect(try await Self.config("get", name, folder: folder).text == value + "\n")
        }
        #expect(try await Self.config("set", "key-file", "my-key", folder: folder).status == 0)
        #expect(try await Self.config("get", "key-file", folder: folder).text.hasSuffix("/my-key\n"))
        #expect(try await Self.config("get", "key-file", folder: folder).text.hasPrefix("/"))
    }

    @Test func `the doctor and the offline engine work where the settings are broken`() async throws {
        let folder = ScratchFolder()
        try write(Array("{".utf8), to: folder.file("config.json"))
        let broken = try await BuiltCommand.run(
            ["doctor"], in: folder, environment: ["ORIOLE_CONFIG": folder.file("config.json")])
        #expect(
            broken.status == 0 && broken.text.contains("wrong    \(folder.file("config.json")) is no object"),
            "\(broken.errors)")
        let missing = ["ORIOLE_KEY_FILE": folder.file("none")]
        let doctor = try await BuiltCommand.run(["doctor"], in: folder, environment: missing)
        #expect(doctor.status == 0 && doctor.text.contains("wrong    no key"))
        let plan = try await BuiltCommand.run(
            ["speak", "hi", "--dry-run", "--engine", "offline"], in: folder, environment: missing)
        #expect(plan.status == 0, "\(plan.errors)")
        let glm = try await BuiltCommand.run(["speak", "hi", "--dry-run"], in: folder, environment: missing)
        #expect(glm.status == 4)
        let odd = try await BuiltCommand.run(
            ["speak", "hi", "--dry-run"], in: folder, environment: ["ORIOLE_API_KEY": "a\tb"])
        #expect(odd.status == 4 && odd.errors.contains("ORIOLE_API_KEY holds no key"))
    }

    @Test(arguments: ["{", "[]", #"{"voice":["a"]}"#]) func `a file that cannot be read is named`(text: String)
        async throws
    {
        let folder = ScratchFolder()
        try write(Array(text.utf8), to: folder.file("config.json"))
        let run = try await Self.config("show", folder: folder)
        #expect(run.status == 2 && run.errors.contains(folder.file("config.json")))
    }

    @Test func `a wrong value in the file is told with its place, an unknown name is noted`() async throws {
        let folder = ScratchFolder()
        try write(Array(#"{"speed":9,"voise":"a"}"#.utf8), to: folder.file("config.json"))
        let shown = try await Self.config("show", folder: folder)
        #expect(shown.status == 0 && shown.errors.contains("voise"))
        let run = try await BuiltCommand.run(
            ["speak", "hi", "-o", "a.wav"], in: folder, environment: ["ORIOLE_CONFIG": folder.file("config.json")])
        #expect(
            run.status == 2 && run.errors.contains("speed cannot be ‘9’, as file \(folder.file("config.json")) says"))
    }

    @Test func `flags go before the environment, that before the file, that before what is built in`() throws {
        let folder = ScratchFolder()
        try write(Array(#"{"speed":0.5,"voice":"file","volume":2}"#.utf8), to: folder.file("config.json"))
        let typed = try TypedArguments(["--speed=2"], flags: SpeakVerb.flags)
        let variables = [
            "ORIOLE_SPEED": "1.5", "ORIOLE_VOICE": "variable", "ZAI_BASE_URL": "http://b",
            "ORIOLE_BASE_URL": "http://a",
        ]
        let configuration = Configuration(typed, file: folder.file("config.json")) { variables[$0] }
        #expect(try configuration.value(Settings.speed) == 2)
        #expect(try configuration.value(Settings.voice) == "variable")
        #expect(try configuration.value(Settings.volume) == 2)
        #expect(try configuration.value(Settings.baseURL) == "http://a")
        #expect(try configuration.value(Settings.concurrency) == 5)
        #expect(try configuration.value(Settings.language) == nil)
    }

    @Test func `the key comes from the environment or a file, never from elsewhere`() throws {
        let folder = ScratchFolder()
        try write(Array("  the-key \n".utf8), to: folder.file("key"))
        try write(Array(#"{"key-file":"\#(folder.file("key"))"}"#.utf8), to: folder.file("config.json"))
        let typed = try TypedArguments([], flags: SpeakVerb.flags)
        let fromFile = Configuration(typed, file: folder.file("config.json")) { _ in nil }
        #expect(try fromFile.key()?.key == "the-key")
        let both = Configuration(typed, file: folder.file("config.json")) {
            ["ZHIPUAI_API_KEY": "z", "ZAI_API_KEY": "a"][$0]
        }
        #expect(try both.key()?.key == "a")
        #expect(try Configuration(typed, file: nil) { _ in nil }.key() == nil)
        #expect(
            OrioleCommand.verbs.allSatisfy { verb in verb.flags.allSatisfy { $0.name != "key" && $0.name != "api-key" }
            })
    }
}
