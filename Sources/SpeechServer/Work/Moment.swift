#if canImport(FoundationEssentials)
    internal import FoundationEssentials
#else
    internal import Foundation
#endif

/// The time of day, as answers tell it.
enum Moment {
    /// Seconds since 1970.
    static var now: Int { Int(Date().timeIntervalSince1970) }

    /// The same in the form of ISO 8601, with milliseconds.
    static var text: String { Date().formatted(.iso8601.time(includingFractionalSeconds: true)) }
}
