internal import AudioCore
internal import GLMSpeech
internal import HTTPTransport
internal import Platform

#if canImport(FoundationEssentials)
    internal import FoundationEssentials
#else
    internal import Foundation
#endif

/// The tools of a call: what the model is told of each, and the program that does its work.
struct ToolPrograms: Sendable {
    private let tools: [Tool]

    /// A tool as its file describes it.
    private struct Tool: Decodable {
        let name: String
        let description: String?
        let parameters: JSONValue?
        /// The program and what stands before the arguments, which come last, as JSON.
        let command: [String]
    }

    /// How long a program may take: somebody waits on the line.
    private static let longest = Duration.seconds(30)
    private static let mostOutput = 64 << 10
    /// The longest arguments: the system takes so much at once.
    private static let mostArguments = 100_000

    /// Reads a list of tools; none without a file.
    init(_ path: String?) throws(CommandError) {
        guard let path else {
            tools = []
            return
        }
        let bytes = try InputText.bytes(of: path)
        guard let read = try? JSONDecoder().decode([Tool].self, from: Data(bytes)),
            read.allSatisfy({ !$0.name.isEmpty && !$0.command.isEmpty })
        else {
            throw CommandError(
                .unusableInput, "\(path) is no list of tools",
                hint: #"[{"name": "look", "description": "…", "parameters": {…}, "command": ["program"]}]"#)
        }
        tools = read
        for tool in read where Self.program(tool.command[0]) == nil {
            throw CommandError(
                .missingProgram, "the tool ‘\(tool.name)’ wants the program \(tool.command[0]), which is not there",
                hint: "install it, or name it with its folder")
        }
    }

    /// What the model is told.
    var descriptions: [RealtimeTool] {
        tools.map { tool in
            RealtimeTool(
                tool.name, purpose: tool.description ?? "",
                parameters: tool.parameters ?? .object(["type": .text("object")]))
        }
    }

    /// Who does the work; nobody where there are no tools.
    var performer: (@Sendable (RealtimeServerEvent.Call) async -> String)? {
        guard !tools.isEmpty else { return nil }
        return { call in await perform(call) }
    }

    /// Does what the model wants done; what goes wrong the model is told, since somebody waits for its answer.
    func perform(_ call: RealtimeServerEvent.Call) async -> String {
        guard let tool = tools.first(where: { $0.name == call.name }) else { return failure("there is no such tool") }
        guard let path = Self.program(tool.command[0]), call.arguments.utf8.count <= Self.mostArguments else {
            return failure("it cannot be done")
        }
        do {
            var child = try ChildProcess(
                tool.command[0], at: path, arguments: tool.command.dropFirst() + [call.arguments],
                limits: .init(total: Self.longest, silence: Self.longest))
            var output: [UInt8] = []
            while try await child.read(appendingTo: &output) {
                guard output.count <= Self.mostOutput else { return failure("it says too much") }
            }
            let ending = try await child.finish()
            guard ending.isSuccess else { return failure(ending.errors) }
            return String(decoding: output, as: UTF8.self)
        } catch {
            return failure("\(error)")
        }
    }

    private func failure(_ reason: String) -> String { Terminal.json(["error": reason]) }

    private static func program(_ name: String) -> String? {
        name.contains("/") ? (OutputFile.isTaken(name) ? name : nil) : Environment.program(name)
    }
}
