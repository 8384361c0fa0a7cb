internal import AudioCore
internal import HTTPTransport
internal import Speech
internal import Subtitles

/// Subtitles of a film's sound, for clients that wait as long as it takes, if they hear a sign of life now and then.
struct FilmHearing: Sendable {
    private let workshop: Workshop

    init(_ workshop: Workshop) { self.workshop = workshop }

    static let operation = RouteDescription(
        summary: "make subtitles of a film's sound",
        parameters: [
            .init("audio_file", in: .form, as: .file, isRequired: true, "the sound"),
            .init(
                "encode", in: .query, as: .boolean,
                "false when the sound is samples alone: 16 bits, 16 kHz, one channel"),
            .init("task", in: .query, values: ["transcribe", "translate"], "as it is said, or in English"),
            .init("language", in: .query, "the language of the sound"),
            .init("initial_prompt", in: .query, "what it is about"),
            .init("output", in: .query, values: FilmOutput.allCases.map(\.rawValue), "txt unless told otherwise"),
            .init("word_timestamps", in: .query, as: .boolean, "whether json has words"),
            .init("video_file", in: .query, "the film's path, looked at only in the folder that the server was given"),
        ],
        answers: ["text/plain"], lane: .hearing)

    func handle(_ request: Request, _ answer: Answer) async throws(Fault) {
        let wish = try FilmWish(request)
        guard wish.task == .transcribe || workshop.engines.translation != nil else {
            throw .noTranslator
        }
        let turn = Turn(request, wish, workshop)
        do throws(Fault) {
            // A line end is what readers of subtitles skip.
            let text = try await withSignsOfLife(workshop.heartbeat) { () async throws(Fault) in
                begin(answer, wish)
                try await answer.write("\n")
            } _: { () async throws(Fault) in
                try await turn.text()
            }
            begin(answer, wish)
            try await answer.write(text)
        } catch {
            // What has begun cannot become an error any more, and half a file would be taken for a whole one: it ends in a line
            // that is no subtitle.
            guard answer.hasBegun, error.kind != .clientLeft else { throw error }
            try await answer.write("error: \(error.text)\n")
        }
    }

    private func begin(_ answer: Answer, _ wish: FilmWish) {
        let name = "\(wish.name).\(wish.output.rawValue)"
        answer.begin(
            200, "text/plain; charset=utf-8",
            [.init("Asr-Engine", "oriole"), .init("Content-Disposition", "attachment; filename=\"\(name)\"")])
    }

    /// One film on its way to its text.
    private struct Turn: Sendable {
        private let wish: FilmWish
        private let workshop: Workshop
        private let hasCues: Bool

        init(_ request: Request, _ wish: FilmWish, _ workshop: Workshop) {
            self.wish = wish
            self.workshop = workshop
            hasCues = [.srt, .vtt].contains(wish.output)
        }

        func text() async throws(Fault) -> String {
            let pass = try await workshop.hearingLane.enter()
            defer { pass.leave() }
            let start = try await LateSound(wish, workshop.settings).start()
            var heard = try await workshop.hearing.whole(
                wish.sound, wish.options, alignsWords: wish.output != .txt, from: start)
            if hasCues, heard.cues.isEmpty {
                guard workshop.settings.givesEmptySubtitles else {
                    throw Fault(
                        .invalid, "nobody speaks in this film", hint: "--empty-subtitles answers such films too")
                }
                // Without a line nothing would be stored; a blank one is a file without a cue.
                return wish.output == .srt ? "\n" : wish.output.text(of: heard, wish)
            }
            if wish.task == .translate { heard = try await heard.inEnglish(by: workshop.engines.translation) }
            return wish.output.text(of: heard, wish)
        }
    }
}

/// What is asked about a film.
struct FilmWish: Sendable {
    let sound: SentSound
    let options: TranscriptionOptions
    let task: TranscriptTask
    let output: FilmOutput
    let hasWords: Bool
    let film: String?
    private let fileName: String?

    init(_ request: Request) throws(Fault) {
        let head = request.head
        guard let file = request.form.file("audio_file") else {
            throw Fault(.invalid, "there is no sound", hint: "send it as ‘audio_file’ of a form")
        }
        sound = try SentSound(file.content, isHeaderless: head.parameter("encode")?.lowercased() == "false")
        guard let task = TranscriptTask(rawValue: head.parameter("task") ?? "transcribe") else {
            throw Fault(.invalid, "‘task’ is transcribe or translate", parameter: "task")
        }
        guard let output = FilmOutput(rawValue: head.parameter("output") ?? "txt") else {
            throw Fault(.invalid, "‘output’ is one of \(FilmOutput.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        (self.task, self.output) = (task, output)
        hasWords = head.parameter("word_timestamps")?.lowercased() == "true"
        film = head.parameter("video_file")
        fileName = file.fileName
        options = TranscriptionOptions(
            language: head.parameter("language").map(Languages.code),
            prompt: head.parameter("initial_prompt"))
    }

    /// What the answer is called: the film, else the file, with what is not plain written in percents.
    var name: String {
        let last = (film ?? fileName ?? "").split(separator: "/").last.map(String.init) ?? "audio_file"
        return last.utf8.map { byte in
            let isPlain = Character(Unicode.Scalar(byte)).isLetter || (48...57).contains(byte)
            return byte < 128 && isPlain || "._-~".utf8.contains(byte)
                ? String(Unicode.Scalar(byte)) : "%" + String(256 + Int(byte), radix: 16).dropFirst().uppercased()
        }.joined()
    }
}

/// The forms in which it is answered.
enum FilmOutput: String, CaseIterable, Sendable {
    case txt, vtt, srt, tsv, json

    func text(of heard: HeardRecording, _ wish: FilmWish) -> String {
        switch self {
        case .txt: heard.cues.map { $0.text + "\n" }.joined()
        case .vtt: String(decoding: heard.subtitles(as: .vtt), as: UTF8.self)
        case .srt: String(decoding: heard.subtitles(as: .srt), as: UTF8.self)
        case .tsv: "start\tend\ttext\n" + heard.cues.map { Self.row($0) }.joined()
        case .json: Self.json(heard, wish)
        }
    }

    private static func row(_ cue: Cue) -> String {
        let times = [cue.start, cue.end].map { "\(Int(($0 / .milliseconds(1)).rounded()))" }
        return "\(times[0])\t\(times[1])\t\(cue.text.replacing("\t", with: " "))\n"
    }

    private static func json(_ heard: HeardRecording, _ wish: FilmWish) -> String {
        let granularities: Set = wish.hasWords ? ["word", "segment"] : ["segment"]
        return JSON.text(
            VerboseTranscript(
                heard, task: wish.task.rawValue, granularities: granularities, namesLanguage: false))
    }
}
