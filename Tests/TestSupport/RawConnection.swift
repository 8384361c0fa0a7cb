import Foundation

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A connection to a port of this machine, over which a test sends what bytes it likes.
///
/// It waits no longer for anything than the patience of ``ScriptedServer``.
package final class RawConnection: Sendable {
    private let socket: Int32

    /// Connects; a small `window` makes a reader who is soon behind.
    package init(port: Int, window: Int32? = nil) throws {
        #if canImport(Glibc)
            socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        #else
            socket = Darwin.socket(AF_INET, SOCK_STREAM, 0)
        #endif
        var patience = timeval(tv_sec: ScriptedServer.patience, tv_usec: 0)
        for option in [SO_RCVTIMEO, SO_SNDTIMEO] {
            unsafe setsockopt(socket, SOL_SOCKET, option, &patience, socklen_t(MemoryLayout<timeval>.size))
        }
        if var window {
            unsafe setsockopt(socket, SOL_SOCKET, SO_RCVBUF, &window, socklen_t(MemoryLayout<Int32>.size))
        }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let isConnected = unsafe withUnsafePointer(to: &address) { address in
            unsafe address.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                unsafe connect(socket, address, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
        guard isConnected else { throw POSIXError(.init(rawValue: errno) ?? .EIO) }
    }

    deinit { close(socket) }

    /// Sends bytes; false once the other side takes no more.
    @discardableResult package func send(_ bytes: [UInt8]) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes { unsafe systemSend(socket, $0.baseAddress, $0.count, noSignal) }
            guard count > 0 else { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }

    @discardableResult package func send(_ text: String) -> Bool { send(Array(text.utf8)) }

    /// Some bytes; none once the other side has ended, or has broken off.
    package func receive(upTo count: Int = 65_536) -> [UInt8] {
        var buffer = [UInt8](repeating: 0, count: count)
        let received = unsafe recv(socket, &buffer, count, 0)
        return Array(buffer.prefix(max(received, 0)))
    }

    /// All bytes until the other side ends, or until they end in a text.
    package func receiveAll(until ending: String? = nil) -> [UInt8] {
        var bytes: [UInt8] = []
        while true {
            let piece = receive()
            bytes += piece
            if piece.isEmpty { return bytes }
            if let ending, bytes.suffix(ending.utf8.count) == Array(ending.utf8)[...] { return bytes }
        }
    }

    /// The same from a task: waiting would take a thread of the pool, which the server needs that is waited for.
    package func receive(upTo count: Int = 65_536) async -> [UInt8] {
        let received = Beside { [self] in receive(upTo: count) }
        return (try? await received.value) ?? []
    }

    /// The same from a task.
    package func receiveAll(until ending: String? = nil) async -> [UInt8] {
        let received = Beside { [self] in receiveAll(until: ending) }
        return (try? await received.value) ?? []
    }

    /// Sends no more, and goes on reading.
    package func endSending() { shutdown(socket, Int32(SHUT_WR)) }

    /// Breaks the connection, so that the other side sees a reset.
    package func reset() {
        var abrupt = linger(l_onoff: 1, l_linger: 0)
        unsafe setsockopt(socket, SOL_SOCKET, SO_LINGER, &abrupt, socklen_t(MemoryLayout<linger>.size))
        shutdown(socket, Int32(SHUT_RDWR))
    }
}

private func systemSend(_ socket: Int32, _ bytes: UnsafeRawPointer?, _ count: Int, _ flags: Int32) -> Int {
    unsafe send(socket, bytes, count, flags)
}

#if canImport(Glibc)
    private let noSignal = Int32(MSG_NOSIGNAL)
#else
    private let noSignal: Int32 = 0
#endif
