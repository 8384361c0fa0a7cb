internal import AudioCore
internal import Platform

#if canImport(FoundationEssentials)
    internal import FoundationEssentials
#else
    internal import Foundation
#endif
#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// The two outputs of the command: data on standard output, everything else on standard error.
enum Terminal {
    /// Prints data, and ends the line.
    static func print(_ text: String) throws(CommandError) { try write(text + "\n") }

    /// Prints data as it is.
    static func write(_ text: String) throws(CommandError) {
        do throws(SystemError) {
            try OpenFile.standardOutput.write(Array(text.utf8).span)
        } catch {
            throw CommandError(AudioError(error))
        }
    }

    /// Says something to the person in front.
    static func say(_ text: String) { writeError(text + "\n") }

    /// Shows how far the work is, when there is something to show.
    static func show(_ progress: String?) { if let progress { writeError(progress) } }

    /// Whether standard error is a terminal that can replace a line.
    static var isInteractive: Bool { isatty(2) == 1 && Environment.value("TERM") != "dumb" }

    /// Prints an error on one line, and on another what to do.
    static func report(_ error: CommandError, asJSON: Bool) {
        if asJSON {
            say(json(ErrorReport(error: error.message, hint: error.hint, exitCode: error.code.number)))
        } else {
            say("oriole: \(error.message)")
            if let hint = error.hint { say("hint: \(hint)") }
        }
    }

    /// Reports what went wrong with one of several files.
    static func report(_ error: CommandError, of path: String) {
        report(CommandError(error.code, "\(path): \(error.message)", hint: error.hint), asJSON: false)
    }

    /// A value as one line of JSON.
    static func json(_ value: some Encodable) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard let data = try? encoder.encode(value) else { return "{}" }
        return String(decoding: data, as: UTF8.self)
    }

    /// Puts something in the place of standard descriptors that whoever started us has closed.
    ///
    /// The next file that is opened would take their place, and get what is meant for them. What is written there fails.
    static func holdStandardDescriptors() {
        for descriptor: Int32 in 0...2 where fcntl(descriptor, F_GETFD) < 0 {
            _ = unsafe open("/dev/null", descriptor == 0 ? O_WRONLY : O_RDONLY)
        }
    }

    static func exit(_ code: ExitCode) -> Never {
        #if canImport(Glibc)
            Glibc.exit(code.number)
        #else
            Darwin.exit(code.number)
        #endif
    }

    private struct ErrorReport: Encodable {
        let error: String
        let hint: String?
        let exitCode: Int32
    }

    /// What cannot be written has no other place to go.
    private static func writeError(_ text: String) {
        let bytes = Array(text.utf8)
        try? OpenFile(descriptor: 2, name: "standard error", closing: false).write(bytes.span)
    }
}
