internal import CMicroHTTPD
internal import Platform

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// Where a server can be reached.
package struct BoundAddress: Sendable, CustomStringConvertible {
    package let host: String
    package let port: Int

    /// As an address for people and programs.
    package var description: String { "http://\(host.contains(":") ? "[\(host)]" : host):\(port)" }
}

/// A socket that listens, before anybody serves it.
struct ListeningSocket: ~Copyable {
    let address: BoundAddress
    let descriptor: Int32
    private var isOwned = true

    /// Listens at a port of one of this machine's addresses; 0 takes any port.
    init(host: String, port: Int) throws(SystemError) {
        var hints = unsafe addrinfo()
        unsafe hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV
        unsafe hints.ai_socktype = Self.stream
        var list: UnsafeMutablePointer<addrinfo>?
        let status = unsafe getaddrinfo(host, "\(port)", &hints, &list)
        guard status == 0, let first = unsafe list else {
            throw SystemError("getaddrinfo", number: EADDRNOTAVAIL, subject: host)
        }
        defer { unsafe freeaddrinfo(first) }
        descriptor = try unsafe Self.listen(atFirstOf: first, "\(host) port \(port)")
        address = BoundAddress(host: host, port: Self.port(of: descriptor))
    }

    deinit {
        if isOwned { _ = close(descriptor) }
    }

    /// Leaves the socket to somebody else.
    mutating func giveAway() { isOwned = false }

    /// A name may stand for several addresses, of which this machine may not have all.
    private static func listen(
        atFirstOf list: UnsafeMutablePointer<addrinfo>, _ name: String
    ) throws(SystemError) -> Int32 {
        do throws(SystemError) {
            return try unsafe listen(list.pointee, name)
        } catch {
            guard let next = unsafe list.pointee.ai_next else { throw error }
            return try unsafe listen(atFirstOf: next, name)
        }
    }

    private static func listen(_ address: addrinfo, _ name: String) throws(SystemError) -> Int32 {
        let descriptor = unsafe socket(address.ai_family, Self.stream, 0)
        guard descriptor >= 0 else { throw SystemError("socket", subject: name) }
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        _ = fcntl(descriptor, F_SETFL, O_NONBLOCK)
        var yes: Int32 = 1
        unsafe setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
        // Connections inherit it: the system would keep megabytes for each reader who is behind.
        var mostWaiting: Int32 = 65_536
        unsafe setsockopt(descriptor, SOL_SOCKET, SO_SNDBUF, &mostWaiting, socklen_t(MemoryLayout<Int32>.size))
        // Many may come while a film is being heard; none of them is turned away for that.
        guard unsafe bind(descriptor, address.ai_addr, address.ai_addrlen) == 0, systemListen(descriptor, 1_024) == 0
        else {
            let error = SystemError("bind", subject: name)
            _ = close(descriptor)
            throw error
        }
        return descriptor
    }

    private static func port(of descriptor: Int32) -> Int {
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        return unsafe withUnsafeMutablePointer(to: &storage) { storage in
            unsafe storage.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                unsafe getsockname(descriptor, address, &length)
                return unsafe SocketAddress.port(of: address)
            }
        }
    }

    #if canImport(Glibc)
        private static let stream = Int32(SOCK_STREAM.rawValue)
    #else
        private static let stream = SOCK_STREAM
    #endif
}

private func systemListen(_ descriptor: Int32, _ backlog: Int32) -> Int32 { listen(descriptor, backlog) }

/// What an address says.
enum SocketAddress {
    static func host(of address: UnsafePointer<sockaddr>) -> String { unsafe names(of: address).host }

    static func port(of address: UnsafePointer<sockaddr>) -> Int { unsafe Int(names(of: address).service) ?? 0 }

    private static func names(of address: UnsafePointer<sockaddr>) -> (host: String, service: String) {
        var host = [CChar](repeating: 0, count: Int(NI_MAXHOST))
        var service = [CChar](repeating: 0, count: Int(NI_MAXSERV))
        let size =
            unsafe address.pointee.sa_family == sa_family_t(AF_INET6)
            ? MemoryLayout<sockaddr_in6>.size : MemoryLayout<sockaddr_in>.size
        unsafe getnameinfo(
            address, socklen_t(size), &host, socklen_t(host.count), &service, socklen_t(service.count),
            NI_NUMERICHOST | NI_NUMERICSERV)
        return (text(host), text(service))
    }

    private static func text(_ characters: [CChar]) -> String {
        String(decoding: characters.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
