internal import Synchronization

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// Starts a program in a process group of its own, with descriptors of ours as its outputs, and as its input or without one.
func spawn(
    _ path: String, _ arguments: [String], input: Int32? = nil, output: borrowing OpenFile,
    errors: borrowing OpenFile
) throws(SystemError) -> pid_t {
    var actions = unsafe posix_spawn_file_actions_t()
    var attributes = posix_spawnattr_t()
    unsafe posix_spawn_file_actions_init(&actions)
    unsafe posix_spawnattr_init(&attributes)
    defer {
        unsafe posix_spawn_file_actions_destroy(&actions)
        unsafe posix_spawnattr_destroy(&attributes)
    }
    if let input {
        unsafe posix_spawn_file_actions_adddup2(&actions, input, 0)
    } else {
        unsafe posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    }
    unsafe posix_spawn_file_actions_adddup2(&actions, output.descriptor, 1)
    unsafe posix_spawn_file_actions_adddup2(&actions, errors.descriptor, 2)
    // A program must not inherit which signals we ignore, or leave to a thread.
    var defaults = sigset_t()
    unsafe sigemptyset(&defaults)
    for signal in [SIGPIPE, SIGINT, SIGTERM, SIGHUP] { unsafe sigaddset(&defaults, signal) }
    unsafe posix_spawnattr_setsigdefault(&attributes, &defaults)
    unsafe posix_spawnattr_setflags(
        &attributes, Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK))
    var none = sigset_t()
    unsafe sigemptyset(&none)
    unsafe posix_spawnattr_setsigmask(&attributes, &none)
    unsafe posix_spawnattr_setpgroup(&attributes, 0)

    var process: pid_t = 0
    let status = unsafe withCStringArray(arguments) { arguments in
        unsafe withCStringArray(childEnvironment()) { environment in
            starting.withLock { _ in
                unsafe posix_spawn(&process, path, &actions, &attributes, arguments, environment)
            }
        }
    }
    guard status == 0 else { throw SystemError("posix_spawn", number: status, subject: path) }
    return process
}

/// What a program may know of our environment: where things are, and nothing that could be secret.
private func childEnvironment() -> [String] {
    let passed = ["PATH", "HOME", "TMPDIR", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH"]
    return passed.compactMap { name in Environment.value(name).map { "\(name)=\($0)" } } + ["LC_ALL=C.UTF-8"]
}

private func withCStringArray<Result>(
    _ strings: [String], _ body: (UnsafePointer<UnsafeMutablePointer<CChar>?>) -> Result
) -> Result {
    var copies = unsafe strings.map { unsafe strdup($0) } + [nil]
    defer { unsafe copies.forEach { unsafe free($0) } }
    return unsafe copies.withUnsafeMutableBufferPointer { list in
        guard let base = list.baseAddress else { preconditionFailure("the list ends with a null") }
        return unsafe body(base)
    }
}
