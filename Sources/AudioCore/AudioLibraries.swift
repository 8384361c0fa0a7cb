internal import COpus
internal import CSampleRate
internal import CSndFile
internal import Platform

/// What this build runs on: the libraries it was linked with and the kernels it chose.
package enum AudioLibraries {
    /// A library and the version that it says it has.
    package struct Version: Sendable {
        package let name: String
        /// Nil for a library that does not tell.
        package let version: String?
    }

    /// The libraries, by name.
    package static var versions: [Version] {
        [
            Version(name: "libcrypto", version: CryptoLibrary.version),
            Version(name: "libogg", version: nil),
            Version(name: "libopus", version: unsafe text(opus_get_version_string())),
            Version(name: "libsamplerate", version: unsafe text(src_get_version())),
            Version(name: "libsndfile", version: unsafe text(sf_version_string())),
        ]
    }

    /// The instruction set of the kernels that run: `plain`, `avx2` or `avx512`.
    package static var kernels: String { Kernels.active.level.rawValue }

    /// What is wrong with the wish of `ORIOLE_SIMD`, when something is.
    package static var kernelsComplaint: String? { Kernels.choice.complaint }

    /// The version within a phrase such as `libopus 1.3.1` or `libsamplerate-0.2.2 (c) …`.
    private static func text(_ phrase: UnsafePointer<CChar>?) -> String {
        guard let phrase = unsafe phrase else { return "unknown" }
        let words = unsafe String(cString: phrase).split { $0 == " " || $0 == "-" }
        return words.first { $0.first?.isNumber ?? false }.map(String.init) ?? "unknown"
    }
}
