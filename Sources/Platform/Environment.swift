#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// What the surroundings of the process say.
package enum Environment {
    /// The value of an environment variable, unless it is unset or empty.
    package static func value(_ name: String) -> String? {
        guard let value = unsafe getenv(name) else { return nil }
        let text = unsafe String(cString: value)
        return text.isEmpty ? nil : text
    }

    /// The full path of a program on the PATH.
    package static func program(_ name: String) -> String? {
        let folders = (value("PATH") ?? "/usr/local/bin:/usr/bin:/bin").split(separator: ":")
        return folders.map { "\($0)/\(name)" }.first(where: isProgram)
    }

    /// The command that installs a package of the system.
    package static func installing(_ package: String) -> String {
        #if os(macOS)
            "brew install \(package)"
        #else
            "apt install \(package)"
        #endif
    }

    private static func isProgram(_ path: String) -> Bool {
        var information = stat()
        guard unsafe stat(path, &information) == 0 else { return false }
        return unsafe information.st_mode & S_IFMT == S_IFREG && access(path, X_OK) == 0
    }
}
