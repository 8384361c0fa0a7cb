import Foundation

/// A port of this machine, for this machine alone.
struct Port {
    private let listener: Int32

    init(_ number: UInt16) throws {
        #if canImport(Glibc)
            listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        #else
            listener = socket(AF_INET, SOCK_STREAM, 0)
        #endif
        var yes: Int32 = 1
        setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = number.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let isBound = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(listener, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
        guard isBound, listen(listener, 16) == 0 else { throw POSIXError(.init(rawValue: errno) ?? .EIO) }
        // A visitor who leaves is no reason to end.
        signal(SIGPIPE, SIG_IGN)
    }

    func accept() throws -> Visitor {
        while true {
            #if canImport(Glibc)
                let connection = Glibc.accept(listener, nil, nil)
            #else
                let connection = Darwin.accept(listener, nil, nil)
            #endif
            if connection >= 0 { return Visitor(connection) }
            guard errno == EINTR || errno == ECONNABORTED else { throw POSIXError(.init(rawValue: errno) ?? .EIO) }
        }
    }
}

/// Somebody who asks for subtitles.
final class Visitor: Sendable {
    private let connection: Int32

    init(_ connection: Int32) {
        self.connection = connection
        // Who says nothing, or does not listen, is not waited for.
        var patience = timeval(tv_sec: 10, tv_usec: 0)
        for option in [SO_RCVTIMEO, SO_SNDTIMEO] {
            setsockopt(connection, SOL_SOCKET, option, &patience, socklen_t(MemoryLayout<timeval>.size))
        }
    }

    deinit { close(connection) }

    /// The file that is asked for: a plain name, which leads nowhere else.
    func requestedName() -> String? {
        var bytes = [UInt8](repeating: 0, count: 8_192)
        let count = read(connection, &bytes, bytes.count)
        let head = String(decoding: bytes[..<max(count, 0)], as: UTF8.self).split(separator: " ", maxSplits: 2)
        guard head.count > 1, head[0] == "GET", head[1].hasPrefix("/") else { return nil }
        let name = head[1].dropFirst().removingPercentEncoding ?? ""
        return name.isEmpty || name.hasPrefix(".") || name.contains("/") || name.contains("\0") ? nil : name
    }

    /// Sends text, and returns whether it could be sent.
    @discardableResult func write(_ text: String) -> Bool {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let sent = rest.withUnsafeBytes { send(connection, $0.baseAddress, $0.count, 0) }
            guard sent > 0 else { return false }
            rest = rest.dropFirst(sent)
        }
        return true
    }
}
