import Platform
import TestSupport
import Testing

@Suite(.tags(.program, .handle), .neverHangs)
struct ChildProcessTests {
    private static func shell(
        _ script: String, limits: ChildProcess.Limits = .init()
    ) throws -> ChildProcess {
        try ChildProcess("sh", at: "/bin/sh", arguments: ["-c", script], limits: limits)
    }

    private static func output(of child: inout ChildProcess) async throws -> String {
        var bytes: [UInt8] = []
        while try await child.read(appendingTo: &bytes) {}
        return String(decoding: bytes, as: UTF8.self)
    }

    @Test func `what a program writes is read, and how it ended`() async throws {
        var child = try Self.shell("echo one; echo two >&2; exit 3")
        #expect(try await Self.output(of: &child) == "one\n")
        let ending = try await child.finish()
        #expect(ending.status == 3 && ending.errors == "two\n")
    }

    @Test func `output of any length comes whole, with errors between`() async throws {
        var child = try Self.shell("for i in 1 2 3; do head -c 300000 /dev/zero; head -c 200000 /dev/zero >&2; done")
        #expect(try await Self.output(of: &child).utf8.count == 900_000)
        #expect(try await child.finish().errors.utf8.count == 16_384, "the last of the errors are kept, no more")
    }

    @Test func `a program that takes too long is stopped, with what it started`() async throws {
        var child = try Self.shell("sleep 1000 & echo $!; wait", limits: .init(total: .seconds(2)))
        var bytes: [UInt8] = []
        #expect(try await child.read(appendingTo: &bytes))
        let grandchild = try #require(Int(String(decoding: bytes.dropLast(), as: UTF8.self)))
        var failure: ChildProcess.Failure?
        do throws(ChildProcess.Failure) { _ = try await child.read(appendingTo: &bytes) } catch { failure = error }
        #expect(failure == .timedOut(after: .seconds(2)))
        do throws(ChildProcess.Failure) { _ = try await child.finish() } catch { failure = error }
        #expect(failure == .timedOut(after: .seconds(2)), "and how it ended says the same")
        try await Self.expectGone(grandchild)
    }

    @Test func `what was written in time is read, however late the reader comes`() async throws {
        let folder = ScratchFolder()
        let script = "echo one; exec >&- 2>&-; echo > '\(folder.file("ended"))'"
        var child = try Self.shell(script, limits: .init(total: .zero))
        try waitUntil { folder.names.contains("ended") }
        #expect(try await Self.output(of: &child) == "one\n")
    }

    @Test func `a silent program is stopped`() async throws {
        var child = try Self.shell("sleep 1000", limits: .init(silence: .milliseconds(100)))
        var failure: ChildProcess.Failure?
        var bytes: [UInt8] = []
        do throws(ChildProcess.Failure) { _ = try await child.read(appendingTo: &bytes) } catch { failure = error }
        #expect(failure == .timedOut(after: .milliseconds(100)))
    }

    @Test func `complaints do not count as output: a program that only chatters is silent`() async throws {
        var child = try Self.shell(
            "while :; do echo busy >&2; sleep 0.05; done", limits: .init(silence: .milliseconds(300)))
        var failure: ChildProcess.Failure?
        var bytes: [UInt8] = []
        do throws(ChildProcess.Failure) { _ = try await child.read(appendingTo: &bytes) } catch { failure = error }
        #expect(failure == .timedOut(after: .milliseconds(300)))
    }

    @Test func `a program that goes on without output does not go on for ever`() async throws {
        var child = try Self.shell("exec >&-; sleep 1000", limits: .init(total: .milliseconds(300)))
        var bytes: [UInt8] = []
        #expect(try await child.read(appendingTo: &bytes) == false)
        var failure: ChildProcess.Failure?
        do throws(ChildProcess.Failure) { _ = try await child.finish() } catch { failure = error }
        #expect(failure == .timedOut(after: .milliseconds(300)))
    }

    @Test func `a program that ends well but leaves a child with its pipes has ended well`() async throws {
        var child = try Self.shell("exec >&-; sleep 1000 & exit 0", limits: .init(total: .milliseconds(300)))
        var bytes: [UInt8] = []
        #expect(try await child.read(appendingTo: &bytes) == false)
        #expect(try await child.finish().isSuccess)
    }

    @Test func `cancelled while it waits for the end, it says so`() async throws {
        let (started, start) = AsyncStream.makeStream(of: Void.self)
        let waiting = Task {
            var child = try Self.shell("exec >&-; sleep 1000")
            var bytes: [UInt8] = []
            _ = try await child.read(appendingTo: &bytes)
            start.yield()
            return try await child.finish()
        }
        var starts = started.makeAsyncIterator()
        _ = await starts.next()
        waiting.cancel()
        let result = await waiting.result
        #expect(throws: ChildProcess.Failure.cancelled) { try result.get() }
    }

    @Test func `a cancelled reader ends at once and the program with it`() async throws {
        let (started, start) = AsyncStream.makeStream(of: Int.self)
        let reading = Task {
            var child = try Self.shell("sleep 1000 & echo $!; wait")
            var bytes: [UInt8] = []
            _ = try await child.read(appendingTo: &bytes)
            start.yield(Int(String(decoding: bytes.dropLast(), as: UTF8.self)) ?? 0)
            _ = try await child.read(appendingTo: &bytes)
        }
        var numbers = started.makeAsyncIterator()
        let grandchild = try #require(await numbers.next())
        reading.cancel()
        let result = await reading.result
        #expect(throws: ChildProcess.Failure.cancelled) { try result.get() }
        try await Self.expectGone(grandchild)
    }

    @Test func `a program knows nothing of our secrets`() async throws {
        var child = try Self.shell("env")
        let names = try await Self.output(of: &child).split(separator: "\n").map { $0.prefix { $0 != "=" } }
        let known: Set<Substring> = [
            "PATH", "HOME", "TMPDIR", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "LC_ALL", "PWD", "SHLVL", "_", "OLDPWD",
        ]
        #expect(Set(names).subtracting(known).isEmpty)
    }

    @Test func `a program that is not there is an error with its path`() {
        let error = #expect(throws: SystemError.self) {
            _ = try ChildProcess("nothing", at: "/no/such/program", arguments: [])
        }
        #expect(error?.subject == "/no/such/program")
    }

    /// Waits until a process is gone, or only a remainder that its parent has not asked about.
    private static func expectGone(_ process: Int) async throws {
        while let status = try? String(decoding: contents(of: "/proc/\(process)/stat"), as: UTF8.self) {
            if status.contains(") Z ") { return }
            await Task.yield()
        }
    }
}
