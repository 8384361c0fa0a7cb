import Platform
import TestSupport
import Testing

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

struct RemainsTests {
    /// In a process of its own, since all that it has is killed and removed.
    @Test func `what would be left is killed and removed at once`() async {
        await #expect(processExitsWith: .success) {
            let file = try TemporaryFile()
            var child = try ChildProcess("sh", at: "/bin/sh", arguments: ["-c", "sleep 1000 & echo $!; wait"])
            var output: [UInt8] = []
            _ = try await child.read(appendingTo: &output)
            let grandchild = pid_t(String(decoding: output.dropLast(), as: UTF8.self)) ?? 0
            precondition(grandchild > 0 && kill(grandchild, 0) == 0)
            Remains.clear()
            precondition(unsafe access(file.path, F_OK) != 0)
            let ending = try await child.finish()
            precondition(ending.status == nil)
            // Nobody reaps a grandchild here but the system, soon.
            try waitUntil {
                let stat = (try? contents(of: "/proc/\(grandchild)/stat")).map { String(decoding: $0, as: UTF8.self) }
                return stat?.contains(") Z ") ?? true
            }
        }
    }
}
