internal import Platform

/// The program that reads everything we do not: found on the PATH, run with limits, never linked.
enum FFmpeg {
    /// Arguments before any other: no questions, no network, only errors on standard error.
    private static let manners = ["-hide_banner", "-nostdin", "-loglevel", "error"]
    private static let input = ["-protocol_whitelist", "file,pipe", "-i"]

    static func program() throws(AudioError) -> String {
        guard let path = Environment.program("ffmpeg") else {
            throw AudioError(
                .missingProgram, "ffmpeg is not installed, and this file needs it",
                remedy: Environment.installing("ffmpeg"))
        }
        return path
    }

    /// Starts decoding a track as a WAVE stream of floats; late sound keeps its place.
    static func decoder(of path: String, track: Int) throws(AudioError) -> ChildProcess {
        let output = ["-map", "0:a:\(track)", "-vn", "-sn", "-dn", "-af", "aresample=async=1:first_pts=0"]
        let form = ["-c:a", "pcm_f32le", "-f", "wav", "pipe:1"]
        return try start(manners + input + ["file:\(path)"] + output + form)
    }

    /// Starts coding a file of sound anew, into a pipe.
    static func transcoder(of path: String, to form: [String]) throws(AudioError) -> ChildProcess {
        try start(manners + input + ["file:\(path)"] + form + ["pipe:1"])
    }

    /// What ffmpeg prints about a file.
    static func report(on path: String) async throws(AudioError) -> String {
        try await report(on: path, [])
    }

    /// What ffmpeg prints about the first sound of a track, with its time.
    static func firstSound(of path: String, track: Int) async throws(AudioError) -> String {
        try await report(on: path, ["-map", "0:a:\(track)", "-af", "ashowinfo", "-frames:a", "1", "-f", "null", "-"])
    }

    private static func report(on path: String, _ output: [String]) async throws(AudioError) -> String {
        _ = try withAudioErrors { () throws(SystemError) in try OpenFile(reading: path) }
        let limits = ChildProcess.Limits(total: .seconds(60), errorBytes: 262_144)
        var child = try start(["-hide_banner", "-nostdin"] + input + ["file:\(path)"] + output, limits: limits)
        var said: [UInt8] = []
        try await read(&child, appendingTo: &said)
        return try await end(child).errors
    }

    /// Reads until the output ends, once; see ``ChildProcess/read(appendingTo:)``.
    @discardableResult
    static func read(_ child: inout ChildProcess, appendingTo bytes: inout [UInt8]) async throws(AudioError) -> Bool {
        do throws(ChildProcess.Failure) {
            return try await child.read(appendingTo: &bytes)
        } catch {
            throw AudioError(error, program: "ffmpeg")
        }
    }

    /// Waits for the end, see ``ChildProcess/finish()``.
    static func end(_ child: consuming ChildProcess) async throws(AudioError) -> ChildProcess.Ending {
        do throws(ChildProcess.Failure) {
            return try await child.finish()
        } catch {
            throw AudioError(error, program: "ffmpeg")
        }
    }

    /// Makes a file that appears whole or not at all; ffmpeg tells now and then that it goes on, or is stopped.
    static func write(
        inputs: [String], _ arguments: [String], format: String, to output: String
    ) async throws(AudioError) {
        let file = try withAudioErrors { () throws(SystemError) in try OutputFile(output) }
        guard let place = file.placeOfBytes else {
            throw AudioError(.unsupported, "\(output) is no place for a film: it must be a file")
        }
        let inputs = inputs.flatMap { input + ["file:\($0)"] }
        let ending = ["-progress", "pipe:1", "-y", "-f", format, "file:\(place)"]
        var child = try start(manners + inputs + arguments + ending)
        var said: [UInt8] = []
        while try await read(&child, appendingTo: &said) { said = [] }
        let end = try await end(child)
        guard end.isSuccess else {
            throw AudioError(.malformedInput, "ffmpeg made no \(output): \(lastLine(of: end.errors))")
        }
        do throws(SystemError) { try file.commit() } catch { throw AudioError(error) }
    }

    /// The line of a report that says what went wrong: the last.
    static func lastLine(of report: String) -> String {
        report.split(separator: "\n").last.map { String($0.drop { $0 == " " }) } ?? "no message"
    }

    private static func start(
        _ arguments: [String], limits: ChildProcess.Limits = .init()
    ) throws(AudioError) -> ChildProcess {
        let path = try program()
        do throws(SystemError) {
            return try ChildProcess("ffmpeg", at: path, arguments: arguments, limits: limits)
        } catch {
            throw AudioError(error)
        }
    }
}

extension AudioError {
    init(_ failure: ChildProcess.Failure, program: String) {
        switch failure {
        case .cancelled: self.init(.cancelled, "\(program) was stopped because its task was cancelled")
        case .timedOut(let limit): self.init(.limitExceeded, "\(program) was stopped after \(limit) without an end")
        case .system(let error): self.init(error)
        }
    }
}
