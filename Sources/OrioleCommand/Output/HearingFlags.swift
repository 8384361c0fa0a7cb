internal import Speech

/// The flags that help an engine to hear.
enum HearingFlags {
    static let prompt = Flag("prompt", .text("TEXT"), "what it is about, for the right words")
    static let hotwords = Flag("hotwords", .text("A,B"), "words to listen for, with commas between")
    static let hotwordsFile = Flag("hotwords-file", .file("FILE"), "words to listen for, one a line")

    static let all: [any DeclaredFlag] = [prompt, hotwords, hotwordsFile]

    /// The options that they ask for.
    static func options(
        _ typed: TypedArguments, _ configuration: Configuration
    ) throws(CommandError) -> TranscriptionOptions {
        TranscriptionOptions(
            language: try configuration.value(Settings.language), prompt: typed[prompt], hotwords: try words(typed))
    }

    private static func words(_ typed: TypedArguments) throws(CommandError) -> [String] {
        let typedWords = (typed[hotwords] ?? "").split(whereSeparator: { $0 == "," || $0 == "，" })
        let file = try typed[hotwordsFile].map { path throws(CommandError) in try InputText.file(path).read() } ?? ""
        let all = typedWords + file.split(whereSeparator: \.isNewline)
        return all.map { $0.split(whereSeparator: \.isWhitespace).joined(separator: " ") }.filter { !$0.isEmpty }
    }

    /// Says what the offline engine does not heed.
    static func note(_ options: TranscriptionOptions, for engine: EngineName) {
        guard engine == .offline, options.prompt != nil || !options.hotwords.isEmpty else { return }
        Terminal.say("note: the offline engine does not heed --prompt and --hotwords")
    }
}
