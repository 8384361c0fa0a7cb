import AudioCore
import Foundation
import Platform
import Subtitles
import TestSupport
import Testing

@_spi(Measuring) @testable import Captioning

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The programs that help to align when they fail, lie or hang: each test has its own in a process whose PATH leads to them.
@Suite(.tags(.program), .needsProgram("espeak-ng"), .neverHangs)
struct HelperProgramTests {
    private static let sound = TextAlignerTests.chunk(Signals.voice(seconds: 9))

    /// Puts a script in the place of a program; the other programs are those that are installed.
    private static func replace(_ name: String, with script: String, also others: [String]) throws -> ScratchFolder {
        let folder = ScratchFolder()
        let program = "#!/bin/sh\nPATH=/usr/bin:/bin\necho asked >> \(folder.file("asked"))\n\(script)\n"
        try write(Array(program.utf8), to: folder.file(name))
        _ = unsafe chmod(folder.file(name), 0o700)
        for other in others where other != name {
            guard let path = Environment.program(other) else { continue }
            try FileManager.default.createSymbolicLink(atPath: folder.file(other), withDestinationPath: path)
        }
        unsafe setenv("PATH", folder.path, 1)
        return folder
    }

    private static let all = ["espeak-ng", "flite", "pocketsphinx_batch"]

    /// Writes what it is told into the file of results.
    private static func lie(_ words: String) -> String {
        """
        [ $# = 0 ] && { echo -hmm; exit 1; }
        while [ "$1" != -hypseg ]; do shift; done
        echo 'a S 0 T 0 A 0 L 0 \(words)' > "$2"
        """
    }

    @Test(
        .needsOptimization,
        arguments: [
            "exit 1", "exit 0", "yes garbage | head -c 100000", "kill -9 $$",
            "[ $# = 0 ] && exit 1; exec /usr/bin/pocketsphinx_batch \"$@\"",
            lie("0 1 1 w0000 90 1 1 w0001 30 1 1 w0002 300"), lie("0 1 1 w0000 90 1 1 w0001 95000 1 1 w0002 99000"),
            lie("0 1 1 w0000 90 1 1 w0002 200 1 1 w0001 300"), lie("0 1 1 w0000 90 1 1 w0001 200"), lie("x"),
        ])
    func `a recognizer that fails or lies ends in a worse way, never in a wrong time that seems sure`(script: String)
        async
    {
        await #expect(processExitsWith: .success) { [script] in
            let folder = try Self.replace("pocketsphinx_batch", with: script, also: Self.all)
            let text = try await TextAligner().align("one two three", to: Self.sound)
            precondition(text.timing == .warped || text.timing == .estimated)
            precondition(text.words.count == 3 && text.words.allSatisfy { $0.confidence == nil })
            _ = folder
        }
    }

    /// Without a recognizer, so that speech is made to compare with; what is made is nothing, or no sound, or no words.
    @Test(arguments: ["espeak-ng", "flite"], ["exit 1", "exit 0", "yes garbage | head -c 100000", "kill -9 $$"])
    func `a voice that fails or lies ends in a guess`(name: String, script: String) async {
        await #expect(processExitsWith: .success) { [name, script] in
            let folder = try Self.replace(name, with: script, also: [])
            let text = try await TextAligner().align("one two three", to: Self.sound)
            precondition(text.timing == .estimated && text.words.count == 3)
            _ = folder
        }
    }

    /// Who reads every word as nothing, or as a sound that is in no table, would make a grammar of silence.
    @Test(.needsProgram("pocketsphinx_batch"), arguments: ["echo", "echo ʘ; echo ʘ; echo ʘ"])
    func `words that nobody can say are not aligned`(script: String) async {
        await #expect(processExitsWith: .success) { [script] in
            let folder = try Self.replace("espeak-ng", with: script, also: ["pocketsphinx_batch"])
            let text = try await TextAligner().align("one two three", to: Self.sound)
            precondition(text.timing == .estimated)
            _ = folder
        }
    }

    @Test(
        .needsOptimization,
        arguments: [
            ("pocketsphinx_batch", "", all, 1), ("pocketsphinx_batch", "[ $# = 0 ] && { echo -hmm; exit 1; }", all, 2),
            ("espeak-ng", "", all, 1), ("flite", "", [], 1),
        ])
    func `a program that hangs is given up, and not asked again`(
        name: String, answer: String, others: [String], times: Int
    ) async {
        await #expect(processExitsWith: .success) { [name, answer, others, times] in
            let folder = try Self.replace(name, with: "\(answer)\nexec sleep 600", also: others)
            // Only what never ends is given up early: what does its work may take its time, however busy the machine is.
            let isPrompt = !answer.isEmpty
            let aligner = TextAligner(
                HelperPrograms { program, arguments in
                    program.rawValue == name && !(isPrompt && arguments.isEmpty) ? 0.05 : 100
                })
            for _ in 0..<3 {
                let text = try await aligner.align("one two three", to: Self.sound)
                precondition(text.timing == .warped || text.timing == .estimated)
            }
            let asked = try contents(of: folder.file("asked")).count { $0 == UInt8(ascii: "\n") }
            precondition(asked == times, "\(asked)")
        }
    }

    /// Two sections, to which the text is dealt out by its length when nothing true is heard.
    @Test(
        .needsOptimization, arguments: ["exit 1", lie("0 1 1 t0 90 1 1 t1 9000"), lie("x"), "[ $# = 0 ] && echo -hmm"])
    func `a recording gets its text whatever the recognizer says`(script: String) async {
        await #expect(processExitsWith: .success) { [script] in
            let folder = try Self.replace("pocketsphinx_batch", with: script, also: ["espeak-ng"])
            try write(
                WAVWriter.file(
                    of: Signals.voice(seconds: 24).span, format: PCMFormat(rate: 16_000, channels: 1),
                    encoding: .signed16), to: folder.file("in.wav"))
            let input = try await AudioInput(path: folder.file("in.wav"))
            let text = try await RecordingAligner().align("One, two, three, four.", to: input)
            precondition(text.words.map(\.text) == ["One,", "two,", "three,", "four."])
            precondition(text.isDoubtful && text.words.allSatisfy { $0.timing > .aligned })
        }
    }

    @Test func `a cancelled task ends its program`() async {
        await #expect(processExitsWith: .success) {
            let script = "[ $# = 0 ] && { echo -hmm; exit 1; }\necho $$ > $(dirname $0)/number\nexec sleep 600"
            let folder = try Self.replace("pocketsphinx_batch", with: script, also: Self.all)
            let aligning = Task { try await TextAligner().align("one two three", to: Self.sound) }
            var number: Int32?
            while number == nil {
                let words = (try? contents(of: folder.file("number"))) ?? []
                number = Int32(String(decoding: words, as: UTF8.self).filter(\.isNumber))
                await Task.yield()
            }
            aligning.cancel()
            let result = await aligning.result
            precondition(kill(number ?? 0, 0) == -1, "the program is still there")
            guard case .failure(let error) = result, (error as? AudioError)?.code == .cancelled else {
                preconditionFailure("it was not cancelled")
            }
        }
    }
}
