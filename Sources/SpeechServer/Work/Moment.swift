#if canImport(FoundationEssentials)
    internal import FoundationEssentials
#else
    internal import Foundation
#endif

/// The time of day, as answers tell it.
enum Moment {
    /// Seconds since 1970.
    static var now: Int { Int(Date().timeIntervalSince1970) }

    /// The same in the form of ISO 8601, with milliseconds: `2026-11-25T19:23:44.208Z`.
    static var text: String {
        Date.ISO8601FormatStyle(includingFractionalSeconds: true, timeZone: .gmt).format(Date())
    }
}
