import Foundation

/// What figures depend on beside the code.
enum Machine {
    /// The processor's name for itself.
    static let processor: String = {
        let info = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""
        let line = info.split(separator: "\n").first { $0.hasPrefix("model name") }
        return line?.split(separator: ":").last?.trimmingCharacters(in: .whitespaces) ?? "unknown processor"
    }()

    static var cores: Int { ProcessInfo.processInfo.activeProcessorCount }

    /// The compiler, as far as it can be told while compiling: what is allocated depends on it.
    static let compiler: String = {
        #if compiler(>=6.4)
            "Swift 6.4 or later"
        #elseif compiler(>=6.3)
            "Swift 6.3"
        #else
            "Swift 6.2"
        #endif
    }()
}
