/// Numbers for requests, none of which is given twice.
enum RequestNumber {
    /// A new one, in 32 hexadecimal digits.
    static func next() -> String {
        let halves = (0..<2).map { _ in String(UInt64.random(in: 0...UInt64.max), radix: 16) }
        return halves.map { String(repeating: "0", count: 16 - $0.count) + $0 }.joined()
    }
}
