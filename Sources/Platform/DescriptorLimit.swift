#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// How many files and connections this process may have open.
package enum DescriptorLimit {
    /// Raises it to what the system allows without asking: the usual limit is meant for programs that serve nobody.
    package static func raise() {
        var limit = rlimit()
        guard unsafe getrlimit(resource, &limit) == 0 else { return }
        limit.rlim_cur = min(limit.rlim_max, 65_536)
        unsafe setrlimit(resource, &limit)
    }

    #if canImport(Glibc)
        private static let resource = __rlimit_resource_t(UInt32(RLIMIT_NOFILE.rawValue))
    #else
        private static let resource = RLIMIT_NOFILE
    #endif
}
