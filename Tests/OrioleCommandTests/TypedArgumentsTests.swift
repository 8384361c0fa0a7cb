import TestSupport
import Testing

@testable import OrioleCommand

@Suite(.tags(.parser))
struct TypedArgumentsTests {
    private static let flags =
        [
            Flag("rate", letter: "r", value: "HZ", ""), Flag("mode", choices: ["fast", "slow"], ""),
            Flag("tag", value: "T", ""),
        ]
        + Flag.common

    private static func typed(_ words: String...) throws(CommandError) -> TypedArguments {
        try TypedArguments(words, flags: flags)
    }

    @Test func `values come after a space, after an equals sign, or at once`() throws {
        for words in [["--rate", "5"], ["--rate=5"], ["-r", "5"], ["-r5"], ["-qr5"], ["-q", "-r", "5"]] {
            #expect(try TypedArguments(words, flags: Self.flags).integer("rate", in: 1...9) == 5)
        }
    }

    @Test func `the last value counts, and some flags come again`() throws {
        let typed = try Self.typed("--rate=1", "--tag", "a=b", "--rate=2", "--tag=c")
        #expect(typed.text("rate") == "2" && typed.texts("tag") == ["a=b", "c"])
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
        ] as [([String], String, String?)])
    func `what is not understood is answered with what would be`(words: [String], message: String, hint: String?) {
        let error = #expect(throws: CommandError.self) { _ = try TypedArguments(words, flags: Self.flags) }
        #expect(error == CommandError(.wrongUse, message, hint: hint))
    }

    @Test(arguments: ["0", "10", "x", "", "5.5"])
    func `a number out of its range is refused with the range`(text: String) throws {
        let typed = try Self.typed("--rate=\(text)")
        let error = #expect(throws: CommandError.self) { _ = try typed.integer("rate", in: 1...9) }
        #expect(error?.hint == "a whole number from 1 to 9")
    }

    @Test(arguments: [("24000", 24_000), ("24k", 24_000), ("6.5K", 6_500)])
    func `bits per second may be thousands`(text: String, bits: Int) throws {
        #expect(try Self.typed("--rate", text).bitrate("rate", in: 6_000...64_000) == bits)
    }

    @Test(arguments: ["nan", "nank", "inf", "-1", "1e99", "k", "65k"])
    func `bits per second that are none are refused`(text: String) throws {
        let typed = try Self.typed("--rate=\(text)")
        #expect(throws: CommandError.self) { _ = try typed.bitrate("rate", in: 6_000...64_000) }
    }
}
