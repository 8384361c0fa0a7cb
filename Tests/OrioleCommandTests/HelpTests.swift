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
        try Self.expectGolden(try Help.text(for: nil), "overview")
    }

    @Test(arguments: OrioleCommand.verbs.map { $0.name })
    func `the help of a verb reads as it should`(verb: String) throws {
        try Self.expectGolden(try Help.text(for: verb), verb)
    }

    @Test(arguments: OrioleCommand.verbs.map { $0.name })
    func `every example can be parsed`(verb: String) throws {
        let verb = try OrioleCommand.verb(named: verb)
        for example in verb.examples {
            let words = example.command.split(separator: " ").prefix { $0 != "<" && $0 != "|" }.map(String.init)
            #expect(words.prefix(2) == ["oriole", verb.name])
            _ = try verb.init(TypedArguments(Array(words.dropFirst(2)), flags: verb.flags))
        }
    }
}
