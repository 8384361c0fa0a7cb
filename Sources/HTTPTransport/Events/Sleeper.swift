/// A task that waits to be woken, once: by whoever takes it out of the state.
@safe
struct Sleeper: Sendable {
    private let continuation: UnsafeContinuation<Void, Never>

    func wake() { unsafe continuation.resume() }

    static func sleep(_ body: (Sleeper) -> Void) async {
        unsafe await withUnsafeContinuation { unsafe body(Sleeper(continuation: $0)) }
    }
}
