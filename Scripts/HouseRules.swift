// Fails when a target knows another that the architecture does not let it know, or when a function or a file is over
// its budget. Usage: rules PACKAGE.json, the output of `swift package dump-package`, in the package's folder.

import Foundation

/// Which targets each target may depend on. Arrows point down only.
let arrows: [String: Set<String>] = [
    "OrioleCommand": ["AudioCore", "Platform"],
    "Oriole": ["AudioCore"],
    "AudioCore": ["Platform", "CAudioKernels", "CSndFile", "CSampleRate", "COpus", "COgg"],
    "Platform": ["CCrypto"],
    "CAudioKernels": [], "CCrypto": [], "COgg": [], "COpus": [], "CSampleRate": [], "CSndFile": [],
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

var faults: [String] = []

func checkArrows(_ package: Package) {
    for target in package.targets where target.type != "test" && target.name != "TestSupport" {
        guard let allowed = arrows[target.name] else {
            faults.append("target \(target.name) is not in the architecture")
            continue
        }
        let names = target.dependencies.flatMap { $0.values.compactMap { $0.first ?? nil } }
        for name in names where !allowed.contains(name) { faults.append("\(target.name) may not know \(name)") }
    }
}

/// Functions by their braces: from a line that declares one to the line that closes its body.
func checkFunctions(_ lines: [Substring], _ path: String) {
    let declares = /(^|\s)(func|init|deinit|subscript)\b[^=]*[({<]/
    var open: (start: Int, depth: Int, hasBody: Bool)?
    var depth = 0
    for (number, line) in lines.enumerated() {
        let code = line.replacing(/"(\\.|[^"\\])*"/, with: "").replacing(/\/\/.*/, with: "")
        if open == nil, code.contains(declares), !code.contains(".init") { open = (number, depth, false) }
        for character in code {
            if character == "{" { depth += 1; open?.hasBody = true }
            if character == "}" { depth -= 1 }
        }
        if let function = open, function.hasBody, depth <= function.depth {
            let length = number - function.start + 1
            if length > longestFunction {
                faults.append("\(path):\(function.start + 1): a function of \(length) lines")
            }
            open = nil
        } else if let function = open, !function.hasBody, number - function.start > 12 {
            open = nil
        }
    }
}

func checkBudgets(in folder: String) throws {
    guard let files = FileManager.default.enumerator(atPath: folder) else { return }
    for case let name as String in files where [".swift", ".c", ".h"].contains(where: name.hasSuffix) {
        guard !name.contains(".build/"), !name.contains("Fixtures/") else { continue }
        let path = "\(folder)/\(name)"
        let lines = try String(contentsOfFile: path, encoding: .utf8).split(
            separator: "\n", omittingEmptySubsequences: false)
        if lines.count > longestFile { faults.append("\(path): \(lines.count) lines") }
        if name.hasSuffix(".swift") { checkFunctions(lines, path) }
    }
}

let data = try Data(contentsOf: URL(fileURLWithPath: CommandLine.arguments[1]))
checkArrows(try JSONDecoder().decode(Package.self, from: data))
for folder in ["Sources", "Tests", "Benchmarks", "Fuzz", "samples"] { try checkBudgets(in: folder) }
for fault in faults { print(fault) }
print(faults.isEmpty ? "the house is in order" : "\(faults.count) faults")
exit(faults.isEmpty ? 0 : 1)
