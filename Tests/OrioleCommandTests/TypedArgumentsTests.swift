import TestSupport
import Testing

@testable import OrioleCommand

@Suite(.tags(.parser))
struct TypedArgumentsTests {
    private enum Mode: String, CaseIterable, Sendable {
        case fast, slow
    }

    private static let rate = Flag("rate", letter: "r", .integer("HZ", in: 1...9), "")
    private static let mode = Flag("mode", .choice(Mode.self), "")
    private static let tag = Flag("tag", .text("T"), "")
    private static let flags: [any DeclaredFlag] = [rate, mode, tag] + CommonFlag.all

    private static func typed(_ words: String...) throws(CommandError) -> TypedArguments {
        try TypedArguments(words, flags: flags)
    }

    @Test func `values come after a space, after an equals sign, or at once`() throws {
        for words in [["--rate", "5"], ["--rate=5"], ["-r", "5"], ["-r5"], ["-qr5"], ["-q", "-r", "5"]] {
            #expect(try TypedArguments(words, flags: Self.flags)[Self.rate] == 5)
        }
    }

    @Test func `the last value counts, and some flags come again`() throws {
        let typed = try Self.typed("--rate=1", "--tag", "a=b", "--rate=2", "--tag=c", "--mode", "slow")
        #expect(typed[Self.rate] == 2 && typed.all(Self.tag) == ["a=b", "c"] && typed[Self.mode] == .slow)
        #expect(!typed.has(CommonFlag.quiet) && typed.has(Self.mode))
    }

    @Test func `a dash is an operand, and so is all after two dashes`() throws {
        #expect(try Self.typed("-", "a", "--", "--rate", "-x").operands == ["-", "a", "--rate", "-x"])
    }

    @Test(
        arguments: [
            (["--rat", "5"], "no flag --rat", "did you mean --rate?"),
            (["--rate"], "--rate needs a value", "--rate HZ"),
            (["--quiet=yes"], "--quiet takes no value", nil), (["-x"], "no flag -x", "--help lists the flags"),
            (["--mode=medium"], "--mode cannot be ‘medium’", "one of fast, slow"),
            (["-r", "10"], "-r cannot be ‘10’", "a whole number from 1 to 9"),
            (["--tag="], "--tag cannot be ‘’", "some text"),
        ] as [([String], String, String?)])
    func `what is not understood is answered with what would be`(words: [String], message: String, hint: String?) {
        let error = #expect(throws: CommandError.self) { _ = try TypedArguments(words, flags: Self.flags) }
        #expect(error == CommandError(.wrongUse, message, hint: hint))
    }

    @Test(arguments: [("24000", 24_000), ("24k", 24_000), ("6.5K", 6_500)])
    func `bits per second may be thousands`(text: String, bits: Int) {
        #expect(FlagType<Int>.bitrate(in: 6_000...64_000).read(text) == bits)
    }
}

/// What every flag of every verb promises by its declaration.
@Suite(.tags(.parser))
struct DeclaredFlagTests {
    /// A flag and the verb that has it.
    struct Case: Sendable, CustomTestStringConvertible {
        let verb: any Verb.Type
        let flag: any DeclaredFlag
        var testDescription: String { "\(verb.name) --\(flag.name)" }

        static var all: [Case] { OrioleCommand.verbs.flatMap { verb in verb.flags.map { Case(verb: verb, flag: $0) } } }
    }

    @Test(arguments: Case.all) func `a flag takes what its type says, and refuses the rest with a hint`(subject: Case)
        throws
    {
        let (flag, flags) = (subject.flag, subject.verb.flags)
        for text in flag.kind.accepted {
            #expect(try TypedArguments(["--\(flag.name)=\(text)"], flags: flags).has(flag))
            guard let letter = flag.letter else { continue }
            #expect(try TypedArguments(["-\(letter)", text], flags: flags).has(flag))
        }
        for text in flag.kind.refused {
            let error = #expect(throws: CommandError.self) {
                _ = try TypedArguments(["--\(flag.name)=\(text)"], flags: flags)
            }
            #expect(error?.code == .wrongUse && error?.hint == flag.kind.expectation && error?.hint?.isEmpty == false)
        }
        #expect(flag.isSwitch == flag.kind.accepted.isEmpty && flag.isSwitch == flag.kind.refused.isEmpty)
        if flag.isSwitch { #expect(try TypedArguments(["--\(flag.name)"], flags: flags).has(flag)) }
    }

    @Test(arguments: Case.all) func `a flag is in the help, the page for man and the completions`(subject: Case) {
        let (flag, verb) = (subject.flag, subject.verb)
        #expect(Help.text(of: verb).contains("--\(flag.name)") && Help.text(of: verb).contains(flag.help))
        #expect(ManPage.text(of: verb).contains("\\-\\-\(flag.name.replacing("-", with: "\\-"))"))
        let offers = [Shell.bash: "--\(flag.name)", .zsh: "--\(flag.name)", .fish: "-l \(flag.name) "]
        for (shell, offer) in offers {
            let lines = shell.script.split(separator: "\n").filter { $0.contains("\(verb.name)") && $0.contains(offer) }
            #expect(!lines.isEmpty, "\(shell)")
        }
    }

    @Test(arguments: OrioleCommand.verbs.map { $0.name }) func `no two flags of a verb have one name or letter`(
        name: String
    ) throws {
        let flags = try OrioleCommand.verb(named: name).flags
        let letters = flags.compactMap(\.letter)
        #expect(Set(flags.map(\.name)).count == flags.count && Set(letters).count == letters.count)
    }
}
