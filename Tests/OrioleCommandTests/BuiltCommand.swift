/// The command as a program, which is built beside the tests.
enum BuiltCommand {
    static let path: String = {
        let tests = CommandLine.arguments.first { $0.contains(".xctest") } ?? CommandLine.arguments[0]
        let parts = tests.split(separator: "/")
        let end = parts.firstIndex { $0.hasSuffix(".xctest") } ?? parts.count - 1
        return "/" + parts[..<end].joined(separator: "/") + "/oriole"
    }()
}
