internal import Platform

/// What figures depend on beside the code.
enum Machine {
    /// The processor, in a line.
    static var text: String {
        let bytes = (try? OpenFile.contents(of: "/proc/cpuinfo", limit: 8 << 20)) ?? []
        let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n")
        let models = lines.filter { $0.hasPrefix("model name") }
        let name = models.first?.split(separator: ":").last.map { $0.drop { $0 == " " } } ?? "unknown processor"
        return models.isEmpty ? String(name) : "\(name), \(counted(models.count, "core"))"
    }
}
