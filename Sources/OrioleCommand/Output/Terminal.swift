internal import AudioCore
internal import Platform
internal import Subtitles
internal import Synchronization

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
        if let last = text.unicodeScalars.last { isLineOpen.store(last != "\n", ordering: .relaxed) }
        do throws(SystemError) {
            try OpenFile.standardOutput.write(Array(text.utf8).span)
        } catch {
            throw CommandError(AudioError(error))
        }
    }

    /// Writes a whole file, or to standard output for `-`.
    static func write(_ text: String, to path: String) throws(CommandError) {
        guard path != "-" else { return try write(text) }
        do throws(SystemError) {
            try OutputFile.write(Array(text.utf8).span, to: path)
        } catch {
            throw CommandError(AudioError(error))
        }
    }

    /// Says something to the person in front.
    static func say(_ text: String) {
        // On a terminal, where both outputs meet, a line of data that goes on is ended first.
        if isatty(1) == 1, isLineOpen.exchange(false, ordering: .relaxed) { writeError("\n") }
        writeError(text + "\n")
    }
    private static let isLineOpen = Atomic(false)

    /// Whether standard output is a screen, which shows no sound.
    static var isOutputScreen: Bool { isatty(1) == 1 }

    /// Shows how far the work is, when there is something to show.
    static func show(_ progress: String?) {
        guard let progress else { return }
        isDrawn.store(progress.hasPrefix("\r") && progress != clearing, ordering: .relaxed)
        writeError(progress)
    }

    /// Shows the end of a text that is not final, where a line can be replaced.
    static func showPart(of text: String) {
        // A line that is full goes on in the next, which cannot be taken back.
        var (shown, room) = ("", 72)
        for character in text.split(whereSeparator: \.isNewline).joined(separator: " ").reversed() {
            room -= character.columns
            guard room >= 0 else { break }
            shown.append(character)
        }
        show("\(clearing)… \(String(shown.reversed()))")
    }

    /// Takes away a line that shows how far the work is, or what is not final.
    static func clear() { if isDrawn.exchange(false, ordering: .relaxed) { writeError(clearing) } }
    private static let isDrawn = Atomic(false)
    private static let clearing = "\r\u{1B}[K"

    /// Prints data beside a file that is made: a reader that is gone does not end the work.
    static func printWhileRead(_ text: String) throws(CommandError) {
        do throws(CommandError) {
            try write(text)
        } catch {
            guard error.code == .done else { throw error }
        }
    }

    /// Whether standard error is a terminal that can replace a line.
    static var isInteractive: Bool { isatty(2) == 1 && Environment.value("TERM") != "dumb" }

    /// Prints an error on one line, and on another what to do.
    static func report(_ error: CommandError, asJSON: Bool) {
        clear()
        if asJSON {
            say(json(ErrorReport(error: error.message, hint: error.hint, exitCode: error.code.number)))
        } else {
            say("oriole: \(line(error.message))")
            if let hint = error.hint { say("hint: \(line(hint))") }
        }
    }

    /// Text as one line, whatever a service wrote into it.
    private static func line(_ text: String) -> String {
        String(
            String.UnicodeScalarView(text.unicodeScalars.map { $0.properties.generalCategory == .control ? " " : $0 }))
    }

    /// Reports what went wrong with one of several files.
    static func report(_ error: CommandError, of path: String, asJSON: Bool) {
        let message = error.message.contains(path) ? error.message : "\(path): \(error.message)"
        report(CommandError(error.code, message, hint: error.hint), asJSON: asJSON)
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

    /// Ends the process at once: everything is written by then, and the thread of the wire may still be closing connections,
    /// which must not meet a library that cleans up after itself.
    static func exit(_ code: ExitCode) -> Never { _exit(code.number) }

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

/// A number of things, in words.
func counted(_ count: Int, _ thing: String, plural: String? = nil) -> String {
    "\(count) \(count == 1 ? thing : plural ?? "\(thing)s")"
}
