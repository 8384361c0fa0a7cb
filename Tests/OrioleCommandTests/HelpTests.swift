import Platform
import TestSupport
import Testing

@testable import OrioleCommand

@Suite(.tags(.parser))
struct HelpTests {
    /// Where the golden texts lie, beside this file.
    private static let folder = #filePath.split(separator: "/").dropLast(2).joined(separator: "/")

    private static func expectGolden(_ text: String, _ name: String) throws {
        let path = "/\(folder)/Fixtures/help/\(name).txt"
        let golden = (try? contents(of: path)).map { String(decoding: $0, as: UTF8.self) }
        if golden == nil || Environment.value("RECORD_SNAPSHOTS") != nil { try write(Array(text.utf8), to: path) }
        #expect(text == golden, "\(path) was recorded anew, or differs; RECORD_SNAPSHOTS=1 records it")
    }

    @Test func `the overview reads as it should`() throws {
        try Self.expectGolden(Help.overview, "overview")
    }

    @Test(arguments: OrioleCommand.verbs.map { $0.name })
    func `the help of a verb reads as it should`(verb: String) throws {
        try Self.expectGolden(Help.text(of: try OrioleCommand.verb(named: verb)), verb)
    }

    @Test(arguments: OrioleCommand.verbs.map { $0.name })
    func `every example can be parsed`(verb: String) throws {
        let verb = try OrioleCommand.verb(named: verb)
        for example in verb.examples {
            let words = Self.words(example.command)
            #expect(words.prefix(2) == ["oriole", verb.name])
            let typed = try TypedArguments(Array(words.dropFirst(2)), flags: verb.flags)
            _ = try verb.init(typed, Configuration(typed, file: nil, environment: { _ in nil }))
        }
    }

    /// The words that a shell would make of a command, from the program to the next pipe.
    private static func words(_ command: String) -> [String] {
        var words = [""]
        var isQuoted = false
        for character in command {
            switch character {
            case "\"": isQuoted.toggle()
            case " " where !isQuoted: words.append("")
            default: words[words.count - 1].append(character)
            }
        }
        let begin = words.firstIndex { $0.hasSuffix("oriole") } ?? 0
        let rest = words[(begin + 1)...].prefix { !["<", "|", ">"].contains($0) }
        return ["oriole"] + rest.map { $0.hasSuffix(")") ? String($0.dropLast()) : $0 }
    }

    @Test func `every command of the README is understood`() throws {
        let root = "/\(Self.folder)/.."
        let readme = String(decoding: try contents(of: "\(root)/README.md"), as: UTF8.self)
        let lines = readme.split(separator: "\n").filter { $0.hasPrefix("oriole ") }.map { line in
            String(line.prefix(upTo: line.firstRange(of: " #")?.lowerBound ?? line.endIndex))
        }
        #expect(lines.count > 10)
        for line in lines {
            let words = Self.words(line).filter { !$0.isEmpty }
            let verb = try OrioleCommand.verb(named: words[1])
            let typed = try TypedArguments(Array(words.dropFirst(2)), flags: verb.flags)
            _ = try verb.init(typed, Configuration(typed, file: nil, environment: { _ in nil }))
        }
    }

    @Test(arguments: Shell.allCases) func `completions read as they should`(shell: Shell) throws {
        try Self.expectGolden(shell.script, "completions.\(shell.rawValue)")
    }

    @Test func `pages for man read as they should`() throws {
        try Self.expectGolden(ManPage.text(of: nil), "man")
        try Self.expectGolden(ManPage.text(of: SpeakVerb.self), "man-speak")
    }
}
