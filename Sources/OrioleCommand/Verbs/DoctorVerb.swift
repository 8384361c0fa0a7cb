internal import AudioCore
internal import Captioning
internal import HTTPTransport
internal import Platform

/// Tells what is installed and what is missing, and whether the service can be reached.
struct DoctorVerb: Verb {
    static let name = "doctor"
    static let summary = "tell what is installed, what is missing, and whether the service answers"
    static let operands = ""
    static let examples = [
        Example(purpose: "see what this machine can do", command: "oriole doctor"),
        Example(purpose: "the same for a script", command: "oriole doctor --json"),
    ]
    static let operandCompletion = Completion.none
    static let ownFlags: [any DeclaredFlag] = []
    static let settings: [any DeclaredSetting] = Engines.settings

    private let printsJSON: Bool
    private let configuration: Configuration

    init(_ typed: TypedArguments, _ configuration: Configuration) throws(CommandError) {
        try typed.refuseOperands(of: Self.name)
        printsJSON = typed.has(CommonFlag.json)
        self.configuration = configuration
    }

    func run() async throws(CommandError) {
        let report = Report(
            version: OrioleCommand.version, kernels: AudioLibraries.kernels, note: AudioLibraries.kernelsComplaint,
            libraries: Self.libraries, programs: Self.programs.map(Program.init),
            service: await ServiceCheck(configuration))
        guard !Task.isCancelled else { throw CommandError(.interrupted, "interrupted") }
        try Terminal.print(printsJSON ? Terminal.json(report) : report.text)
    }

    private static var libraries: [Library] {
        let core = AudioLibraries.versions.map { Library(name: $0.name, version: $0.version) }
        let wire = Library(name: "libcurl", version: CurlLibrary.version)
        return (core + [wire]).sorted { $0.name < $1.name }
    }

    /// The programs that are used when they are there.
    private static let programs = [
        Known(name: "ffmpeg", package: "ffmpeg", purpose: "films and sound that no library reads"),
        Known(name: "flite", package: "flite", purpose: "English speech offline"),
        Known(name: "espeak-ng", package: "espeak-ng", purpose: "speech in other languages offline"),
        Known(
            name: recognizer, package: "pocketsphinx pocketsphinx-en-us", purpose: "hearing English offline",
            lack: RecognizerModel.folder == nil ? "the English model" : nil),
    ]

    /// The recognizer changed its name with version 5.
    private static var recognizer: String {
        let (old, new) = ("pocketsphinx_continuous", "pocketsphinx")
        return Environment.program(old) == nil && Environment.program(new) != nil ? new : old
    }

    fileprivate struct Known {
        let name: String
        let package: String
        let purpose: String
        /// What it cannot work without and has not got.
        var lack: String?
    }
}

// MARK: - The report

private struct Report: Encodable {
    let version: String
    let kernels: String
    let note: String?
    let libraries: [Library]
    let programs: [Program]
    let service: ServiceCheck

    var text: String {
        let notes = note.map { ["note: \($0)"] } ?? []
        let head = ["oriole \(version), kernels for \(kernels)"] + notes + ["", "libraries"]
        let lines = libraries.map { "  ok       \($0.name)\($0.version.map { " \($0)" } ?? "")" }
        let rest = ["", "programs"] + programs.map(\.line) + ["", "service"] + service.lines
        return (head + lines + rest).joined(separator: "\n")
    }
}

private struct Library: Encodable {
    let name: String
    let version: String?
}

private struct Program: Encodable {
    let name: String
    let path: String?
    let purpose: String
    /// What it cannot work without and has not got.
    let lacks: String?
    let remedy: String?

    init(_ known: DoctorVerb.Known) {
        name = known.name
        path = Environment.program(known.name)
        purpose = known.purpose
        lacks = path == nil ? nil : known.lack
        remedy = path == nil || lacks != nil ? Environment.installing(known.package) : nil
    }

    var line: String {
        guard let path else { return "  missing  \(name), for \(purpose); \(remedy ?? "")" }
        if let lacks { return "  missing  \(lacks), for \(name); \(remedy ?? "")" }
        return "  ok       \(name) (\(path)), for \(purpose)"
    }
}
