#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

// System calls whose short names our own methods shadow.

func systemOpen(_ path: String, _ flags: Int32, _ mode: mode_t) -> Int32 { unsafe open(path, flags, mode) }

func systemRead(_ descriptor: Int32, _ target: UnsafeMutableRawPointer?, _ count: Int) -> Int {
    unsafe read(descriptor, target, count)
}

func systemWrite(_ descriptor: Int32, _ source: UnsafeRawPointer?, _ count: Int) -> Int {
    unsafe write(descriptor, source, count)
}

func systemPoll(_ list: UnsafeMutablePointer<pollfd>?, _ count: nfds_t, _ milliseconds: Int32) -> Int32 {
    unsafe poll(list, count, milliseconds)
}

func systemKill(_ process: pid_t, _ signal: Int32) -> Int32 { kill(process, signal) }
