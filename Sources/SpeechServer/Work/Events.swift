internal import HTTPTransport

extension Answer {
    /// Begins a stream of events.
    func beginEvents(_ fields: [RequestHead.Field] = []) {
        // Proxies must not wait until there is more.
        let manners = [RequestHead.Field("Cache-Control", "no-cache"), .init("X-Accel-Buffering", "no")]
        begin(200, "text/event-stream", manners + fields)
    }

    /// Writes an event, with a name where clients look for one.
    func write(event value: some Encodable, named name: String? = nil) async throws(Fault) {
        try await write(event: JSON.bytes(value), named: name)
    }

    /// Writes an event whose data is made already.
    func write(event data: [UInt8], named name: String? = nil) async throws(Fault) {
        try await write(Array((name.map { "event: \($0)\n" } ?? "").utf8) + Array("data: ".utf8) + data + [10, 10])
    }

    /// Writes the event after which nothing comes.
    func writeDone() async throws(Fault) { try await write("data: [DONE]\n\n") }

    /// Runs what writes events; what goes wrong in the middle is told as an event, after what came before it.
    func tellingFaults(
        in family: Route.Family, _ body: () async throws(Fault) -> Void
    ) async throws(Fault) {
        do throws(Fault) {
            try await body()
        } catch {
            guard hasBegun, error.kind != .clientLeft else { throw error }
            try await write(event: FaultWords(error, family).body, named: family == .openAI ? "error" : nil)
            if family == .openAI { try await writeDone() }
        }
    }
}
