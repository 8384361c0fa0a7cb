#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// The time that the processor has worked for this thread: what else the machine does is not in it.
package enum ThreadTime {
    /// Seconds since the thread began.
    package static var seconds: Double {
        var time = timespec()
        unsafe clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
    }
}
