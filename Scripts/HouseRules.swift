// Fails when a target knows another that the architecture does not let it know, or when a function or a file is over
// its budget. Usage: rules PACKAGE.json, the output of `swift package dump-package`, in the package's folder.

import Foundation

/// Which targets each target may depend on: arrows point down only.
let arrows: [String: Set<String>] = [
    "OrioleCommand": [
        "AudioCore", "Audiobooks", "Captioning", "GLMSpeech", "HTTPTransport", "Jobs", "OfflineSpeech", "Platform",
        "Speech", "SpeechServer", "Subtitles",
    ],
    "Oriole": [
        "AudioCore", "Audiobooks", "Captioning", "GLMSpeech", "HTTPTransport", "OfflineSpeech", "Speech",
        "SpeechServer", "Subtitles",
    ],
    "SpeechServer": [
        "Captioning", "Subtitles", "Speech", "Jobs", "AudioCore", "HTTPTransport", "Platform", "CMicroHTTPD",
    ],
    "Audiobooks": ["Speech", "Jobs", "Subtitles", "AudioCore", "Platform", "CArchive", "CXML2"],
    "Captioning": ["Speech", "Jobs", "Subtitles", "AudioCore", "Platform"],
    "AudioCore": ["Platform", "CAudioKernels", "CSndFile", "CSampleRate", "COpus", "COgg"],
    "GLMSpeech": ["Speech", "HTTPTransport", "AudioCore", "Platform", "CAudioKernels"],
    "Jobs": ["Platform"],
    "Subtitles": ["CICU"],
    "OfflineSpeech": ["Speech", "AudioCore", "Platform"],
    "Speech": ["AudioCore"],
    "HTTPTransport": ["Platform", "CCurl"],
    "Platform": ["CCrypto"],
    "CArchive": [], "CAudioKernels": [], "CCrypto": [], "CCurl": [], "CICU": [], "CMicroHTTPD": [],
    "COgg": [], "COpus": [], "CSampleRate": [], "CSndFile": [], "CXML2": [],
]
let longestFunction = 50
let longestFile = 400

struct Package: Decodable {
    struct Target: Decodable {
        let name: String
        let type: String
        let dependencies: [[String: [String?]]]
    }
    let targets: [Target]
}

/// What breaks a rule, as lines for a person.
func brokenArrows(_ package: Package) -> [String] {
    package.targets.filter { $0.type != "test" && $0.name != "TestSupport" }.flatMap { target in
        guard let allowed = arrows[target.name] else { return ["target \(target.name) is not in the architecture"] }
        let names = target.dependencies.flatMap { $0.values.compactMap { $0.first ?? nil } }
        return names.filter { !allowed.contains($0) }.map { "\(target.name) may not know \($0)" }
    }
}

/// Functions that are too long, by their braces: from a line that declares one to the line that closes its body.
func longFunctions(_ lines: [Substring], _ path: String) -> [String] {
    let declares = /(^|\s)(func|init|deinit|subscript)\b[^=]*[({<]/
    var faults: [String] = []
    var open: (start: Int, depth: Int, hasBody: Bool)?
    var depth = 0
    for (number, line) in lines.enumerated() {
        let code = line.replacing(/"(\\.|[^"\\])*"/, with: "").replacing(/\/\/.*/, with: "")
        if open == nil, code.contains(declares), !code.contains(".init") { open = (number, depth, false) }
        if code.contains("{") { open?.hasBody = true }
        depth += code.count { $0 == "{" } - code.count { $0 == "}" }
        guard let function = open, depth <= function.depth, function.hasBody || number - function.start > 12 else {
            continue
        }
        let length = number - function.start + 1
        if function.hasBody && length > longestFunction {
            faults.append("\(path):\(function.start + 1): a function of \(length) lines")
        }
        open = nil
    }
    return faults
}

/// Functions of C, and macros that hold one, that are too long: from a line in the first column that opens a
/// parenthesis to the next brace in the first column, or to a macro's last line.
func longCFunctions(_ lines: [Substring], _ path: String) -> [String] {
    var faults: [String] = []
    var start: Int?
    for (number, line) in lines.enumerated() {
        let isMacro = line.hasPrefix("#define") && line.hasSuffix("\\")
        let isDeclaration = line.contains(/^[A-Za-z_]+ .*\(/) && !line.hasSuffix(";")
        if start == nil && (isMacro || isDeclaration) { start = number }
        guard let first = start else { continue }
        let isInMacro = lines[first].hasPrefix("#")
        guard isInMacro ? !line.hasSuffix("\\") : line.hasPrefix("}") else { continue }
        let length = number - first + 1
        if length > longestFunction { faults.append("\(path):\(first + 1): a function of \(length) lines") }
        start = nil
    }
    return faults
}

func brokenBudgets(in folder: String) throws -> [String] {
    guard let files = FileManager.default.enumerator(atPath: folder) else { return [] }
    var faults: [String] = []
    for case let name as String in files where [".swift", ".c", ".h"].contains(where: name.hasSuffix) {
        guard !name.contains(".build/"), !name.contains("Fixtures/") else { continue }
        let path = "\(folder)/\(name)"
        let text = try String(contentsOfFile: path, encoding: .utf8)
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        if lines.count > longestFile { faults.append("\(path): \(lines.count) lines") }
        faults += name.hasSuffix(".swift") ? longFunctions(lines, path) : longCFunctions(lines, path)
    }
    return faults
}

let data = try Data(contentsOf: URL(fileURLWithPath: CommandLine.arguments[1]))
var faults = brokenArrows(try JSONDecoder().decode(Package.self, from: data))
for folder in ["Sources", "Tests", "Benchmarks", "Fuzz", "samples"] { faults += try brokenBudgets(in: folder) }
for fault in faults { print(fault) }
print(faults.isEmpty ? "the house is in order" : "\(faults.count) faults")
exit(faults.isEmpty ? 0 : 1)
