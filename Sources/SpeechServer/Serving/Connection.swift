internal import CMicroHTTPD
internal import HTTPTransport

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// One of libmicrohttpd's connections.
@safe
struct Connection: Sendable {
    /// May be woken from any thread; all else is done on the daemon's.
    private nonisolated(unsafe) let pointer: OpaquePointer

    init(_ pointer: OpaquePointer) { unsafe self.pointer = pointer }

    var descriptor: Int32 { unsafe oriole_mhd_socket(pointer) }

    /// Who is connected; the listener gave it to the connection.
    var peer: Peer? {
        let context = unsafe oriole_mhd_peer(pointer)
        return unsafe context.map { unsafe Unmanaged<Peer>.fromOpaque($0).takeUnretainedValue() }
    }

    /// The address of the other side, without its port.
    var clientAddress: String {
        guard let address = unsafe oriole_mhd_client(pointer) else { return "unknown" }
        return unsafe SocketAddress.host(of: address)
    }

    /// The header fields or the parameters of the address.
    func values(_ kind: MHD_ValueKind) -> [RequestHead.Field] {
        var fields: [RequestHead.Field] = []
        unsafe withUnsafeMutablePointer(to: &fields) { fields in
            _ = unsafe MHD_get_connection_values(
                pointer, kind,
                { fields, _, name, value in
                    guard let fields = unsafe fields, let name = unsafe name else { return .YES }
                    let field = unsafe RequestHead.Field(
                        String(cString: name), value.map { unsafe String(cString: $0) } ?? "")
                    unsafe fields.assumingMemoryBound(to: [RequestHead.Field].self).pointee.append(field)
                    return .YES
                }, fields)
        }
        return fields
    }

    /// Begins the answer, or waits for it.
    func answer(_ exchange: Exchange) -> MHD_Result {
        guard let known = exchange.answer.head(orWait: suspend) else { return .YES }
        guard let head = known else { return .NO }
        guard !head.isUpgrade else { return upgrade(head) }
        exchange.noteReading(waits: false)
        let size = head.byteCount.map { UInt64($0) } ?? oriole_mhd_size_unknown
        let me = unsafe Unmanaged.passRetained(Reading(exchange, self)).toOpaque()
        guard let response = unsafe oriole_mhd_response(size, 32_768, readAnswer, me, releaseReading) else {
            unsafe releaseReading(me)
            return .NO
        }
        defer { unsafe MHD_destroy_response(response) }
        for field in head.fields { _ = unsafe MHD_add_response_header(response, field.name, field.value) }
        return unsafe MHD_queue_response(pointer, UInt32(head.status), response)
    }

    /// Agrees to speak something else on the connection, and hands it over once that is said.
    private func upgrade(_ head: Answer.Head) -> MHD_Result {
        guard let response = unsafe MHD_create_response_for_upgrade(handOver, nil) else { return .NO }
        defer { unsafe MHD_destroy_response(response) }
        for field in head.fields { _ = unsafe MHD_add_response_header(response, field.name, field.value) }
        return unsafe MHD_queue_response(pointer, UInt32(head.status), response)
    }

    /// Takes the connection out of the daemon's hands, and returns what puts it back.
    func suspend() -> @Sendable () -> Void {
        unsafe MHD_suspend_connection(pointer)
        return { unsafe MHD_resume_connection(pointer) }
    }
}

/// An answer while it is read.
private final class Reading {
    let exchange: Exchange
    private let connection: Connection

    init(_ exchange: Exchange, _ connection: Connection) {
        self.exchange = exchange
        self.connection = connection
    }

    func read(into target: UnsafeMutableRawBufferPointer) -> Int {
        let taken = unsafe exchange.answer.take(into: target, orWait: connection.suspend)
        exchange.noteReading(waits: taken == .nothingYet)
        return switch taken {
        case .bytes(let count): count
        case .nothingYet: 0
        case .end: oriole_mhd_end
        case .broken: oriole_mhd_failed
        }
    }
}

private func readAnswer(
    _ user: UnsafeMutableRawPointer?, _ place: UInt64, _ target: UnsafeMutablePointer<CChar>?, _ count: Int
) -> Int {
    guard let user = unsafe user else { return oriole_mhd_failed }
    let reading = unsafe Unmanaged<Reading>.fromOpaque(user).takeUnretainedValue()
    return unsafe reading.read(into: UnsafeMutableRawBufferPointer(start: target, count: count))
}

private func releaseReading(_ user: UnsafeMutableRawPointer?) {
    if let user = unsafe user { unsafe Unmanaged<Reading>.fromOpaque(user).release() }
}

private func handOver(
    _ user: UnsafeMutableRawPointer?, _ connection: OpaquePointer?, _ context: UnsafeMutableRawPointer?,
    _ first: UnsafePointer<CChar>?, _ firstCount: Int, _ socket: Int32, _ handle: OpaquePointer?
) {
    guard let context = unsafe context, let handle = unsafe handle else { return }
    let exchange = unsafe Unmanaged<Exchange>.fromOpaque(context).takeUnretainedValue()
    let bytes = unsafe Array(UnsafeRawBufferPointer(start: first, count: first == nil ? 0 : firstCount))
    let end = unsafe UpgradeEnd(handle)
    exchange.answer.give(AcceptedSocket(descriptor: socket, first: bytes) { end.end() })
}

/// What gives a connection back to the daemon; may be called from any thread.
@safe
private struct UpgradeEnd: Sendable {
    private nonisolated(unsafe) let handle: OpaquePointer

    init(_ handle: OpaquePointer) { unsafe self.handle = handle }

    func end() { _ = unsafe oriole_mhd_end_upgrade(handle) }
}
