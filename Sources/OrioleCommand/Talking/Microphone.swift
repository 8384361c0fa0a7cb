internal import AudioCore
internal import Platform

/// What the microphone hears, by a program that this machine has.
struct Microphone: ~Copyable {
    private var child: ChildProcess
    private var decoder = PCMDecoder(.signed16)

    /// As voice detectors want it.
    static let format = PCMFormat(rate: 16_000, channels: 1)

    /// A microphone that gives nothing for so long has been taken away.
    private static let patience = Duration.seconds(30)

    /// Begins to listen.
    ///
    /// - Throws: `missingProgram` with what to install.
    init() throws(CommandError) {
        let program = try SoundProgram.recorder()
        do throws(SystemError) {
            child = try ChildProcess(
                program.name, at: program.path, arguments: program.arguments,
                limits: ChildProcess.Limits(silence: Self.patience))
        } catch {
            throw CommandError(AudioError(error))
        }
    }

    /// What comes next; nil when the program has ended.
    mutating func next() async throws(CommandError) -> [Float]? {
        var bytes: [UInt8] = []
        do throws(ChildProcess.Failure) {
            guard try await child.read(appendingTo: &bytes) else { return nil }
        } catch {
            throw CommandError(microphone: error)
        }
        var samples: [Float] = []
        do throws(AudioError) { try decoder.decode(bytes.span, appendingTo: &samples) } catch {
            throw CommandError(error)
        }
        return samples
    }

    /// Ends listening, after the program's own end.
    ///
    /// - Throws: what the program complained about.
    consuming func finish() async throws(CommandError) {
        let ending: ChildProcess.Ending
        do throws(ChildProcess.Failure) { ending = try await child.finish() } catch {
            throw CommandError(microphone: error)
        }
        guard ending.isSuccess else {
            let complaint = ending.errors.split(separator: "\n").last.map(String.init) ?? "it does not say why"
            throw CommandError(
                .failed, "the microphone cannot be heard: \(complaint)", hint: "try: arecord -d 3 test.wav")
        }
    }
}

extension CommandError {
    fileprivate init(microphone failure: ChildProcess.Failure) {
        switch failure {
        case .cancelled: self.init(.interrupted, "interrupted")
        case .timedOut(let time):
            self.init(.failed, "the microphone gave nothing for \(time)", hint: "try: arecord -d 3 test.wav")
        case .system(let error): self.init(AudioError(error))
        }
    }
}

/// The programs that record and play: ALSA's, which most machines have, or sox's.
struct SoundProgram {
    let name: String
    let path: String
    let arguments: [String]

    static func recorder() throws(CommandError) -> SoundProgram {
        let sox = ["-q", "-t", "raw", "-r", "16000", "-c", "1", "-b", "16", "-e", "signed", "-L", "-"]
        return try first(
            of: [("arecord", ["-q", "-t", "raw", "-f", "S16_LE", "-r", "16000", "-c", "1"]), ("rec", sox)],
            "hears the microphone")
    }

    static func player(_ format: PCMFormat) throws(CommandError) -> SoundProgram {
        let (rate, channels) = ("\(format.rate)", "\(format.channels)")
        let sox = ["-q", "-t", "raw", "-r", rate, "-c", channels, "-b", "16", "-e", "signed", "-L", "-"]
        return try first(
            of: [("aplay", ["-q", "-t", "raw", "-f", "S16_LE", "-r", rate, "-c", channels]), ("play", sox)],
            "plays sound")
    }

    private static func first(
        of programs: [(name: String, arguments: [String])], _ what: String
    ) throws(CommandError) -> SoundProgram {
        for (name, arguments) in programs {
            if let path = Environment.program(name) {
                return SoundProgram(name: name, path: path, arguments: arguments)
            }
        }
        throw CommandError(
            .missingProgram, "no program here \(what): \(programs.map(\.name).joined(separator: " or "))",
            hint: "apt install alsa-utils, or sox")
    }
}
