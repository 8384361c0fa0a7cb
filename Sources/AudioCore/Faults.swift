/// Failures of C libraries on demand, so that tests reach every path that handles one; release builds have none.
///
/// ```swift
/// Faults.$failing.withValue("opus_encode_float") { … }
/// ```
enum Faults {
    #if DEBUG
        /// The C function whose calls fail in this task.
        @TaskLocal static var failing: String?

        /// Whether a call must pretend to have failed.
        static func strike(_ function: String) -> Bool { failing == function }
    #else
        @inline(__always)
        static func strike(_ function: String) -> Bool { false }
    #endif
}
