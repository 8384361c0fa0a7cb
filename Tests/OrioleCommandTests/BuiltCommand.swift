import Platform
import TestSupport

/// The command as a program, which is built beside the tests.
enum BuiltCommand {
    static let path: String = {
        let tests = CommandLine.arguments.first { $0.contains(".xctest") } ?? CommandLine.arguments[0]
        let parts = tests.split(separator: "/")
        let end = parts.firstIndex { $0.hasSuffix(".xctest") } ?? parts.count - 1
        return "/" + parts[..<end].joined(separator: "/") + "/oriole"
    }()

    /// What a run printed, and how it ended.
    struct Run {
        let output: [UInt8]
        let errors: String
        let status: Int32?

        var text: String { String(decoding: output, as: UTF8.self) }
    }

    /// Runs the command in a folder of its own, with the environment that is given and no other.
    ///
    /// A file may be its standard input, another gets the number of its process before it begins, and one what it complains about
    /// as it does; its memory and its time may be bounded.
    static func run(
        _ words: [String], in folder: borrowing ScratchFolder, environment: [String: String] = [:],
        input: String? = nil,
        noting name: String? = nil, errors: String? = nil, mostKilobytes: Int? = nil,
        killedAfter limit: Duration = .seconds(600)
    ) async throws -> Run {
        let home = ["HOME": folder.file(""), "PATH": Environment.value("PATH") ?? "/usr/bin:/bin"]
        let settings = home.merging(environment) { _, new in new }.map { "\($0.key)=\($0.value)" }
        let note = name.map { "echo $$ > \(quoted($0)) && " } ?? ""
        let bound = mostKilobytes.map { "ulimit -v \($0) && " } ?? ""
        let complaints = errors.map { " 2> \(quoted($0))" } ?? ""
        let script =
            "\(bound)cd \(quoted(folder.file(""))) && \(note)exec \"$0\" \"$@\" < \(quoted(input ?? "/dev/null"))\(complaints)"
        let limits = ChildProcess.Limits(total: limit, silence: .seconds(600), errorBytes: 1 << 20)
        let arguments = ["-i"] + settings + ["/bin/sh", "-c", script, path] + words
        var child = try ChildProcess("env", at: "/usr/bin/env", arguments: arguments, limits: limits)
        var output: [UInt8] = []
        while try await child.read(appendingTo: &output) {}
        let ending = try await child.finish()
        return Run(output: output, errors: ending.errors, status: ending.status)
    }

    /// The port of a server that writes what it says into a file, once it says where it listens; on a thread that may wait.
    static func listeningPort(toldIn path: String) throws -> Int {
        var port: Int?
        try waitUntil {
            let said = (try? contents(of: path)).map { String(decoding: $0, as: UTF8.self) } ?? ""
            port = said.firstMatch(of: /listening on http:\/\/127\.0\.0\.1:(\d+)\n/).flatMap { Int($0.1) }
            return port != nil
        }
        return port ?? 0
    }

    private static func quoted(_ text: String) -> String { "'\(text.replacing("'", with: "'\\''"))'" }
}
