import Platform
import TestSupport
import Testing

@testable import OrioleCommand

@Suite(.tags(.program), .needsProgram("bash"), .neverHangs)
struct BashCompletionTests {
    /// What bash offers after some words, the last of which is half typed.
    private static func offers(_ words: [String], in folder: borrowing ScratchFolder) async throws -> [String] {
        try write(Array(Shell.bash.script.utf8), to: folder.file("completions"))
        let script = """
            cd "$0"; . ./completions; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _oriole
            for reply in "${COMPREPLY[@]}"; do echo "$reply"; done
            """
        let arguments = ["-c", script, folder.path] + words
        var child = try ChildProcess("bash", at: Environment.program("bash") ?? "", arguments: arguments)
        var output: [UInt8] = []
        while try await child.read(appendingTo: &output) {}
        #expect(try await child.finish().isSuccess)
        return String(decoding: output, as: UTF8.self).split(separator: "\n").map(String.init)
    }

    @Test(arguments: [
        (["oriole", "tr"], ["transcribe"]), (["oriole", "speak", "--str"], ["--stream"]),
        (["oriole", "convert", "a", "--format", "fl"], ["flac"]),
        (["oriole", "speak", "--engine", "=", "o"], ["openai", "offline"]),
        (["oriole", "speak", "--engine", "="], ["glm", "openai", "offline"]),
        (["oriole", "config", "get", "spee"], ["speech-model", "speed"]),
        (["oriole", "transcribe", "a b"], ["a b.wav"]), (["oriole", "speak", "-o", "a"], ["a b.wav"]),
        (["oriole", "speak", "--rate", ""], []),
        (["oriole", "help", "vo"], ["voice", "voices"]),
    ])
    func `bash offers what could come`(words: [String], offers: [String]) async throws {
        let folder = ScratchFolder()
        try write([], to: folder.file("a b.wav"))
        #expect(try await Self.offers(words, in: folder) == offers)
    }
}
