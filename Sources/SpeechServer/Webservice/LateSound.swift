internal import AudioCore
internal import Platform
internal import Speech

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// Whether the sound of a film begins later than its picture, though what was sent begins at once.
///
/// Some clients drop the gap when they take the sound out of the film, others fill it; only the film tells which. It is looked at
/// only in a folder that the server was given for that.
struct LateSound: Sendable {
    private let wish: FilmWish
    private let folder: String?

    init(_ wish: FilmWish, _ settings: ServerSettings) {
        self.wish = wish
        folder = settings.mediaFolder
    }

    /// The shortest gap that counts.
    private static let shortest = Duration.milliseconds(100)

    /// When the first of what was sent is heard in the film.
    func start() async throws(Fault) -> Duration {
        guard wish.sound.isHeaderless, let path = film,
            let gap = try? await MediaProbe.beginningOfSound(in: path, language: wish.options.language),
            gap > Self.shortest, try !beginsWithSilence(of: gap)
        else { return .zero }
        return gap
    }

    /// The film, when it is in the folder, wherever links lead.
    private var film: String? {
        guard let folder, let path = wish.film, let real = Self.real(path), let home = Self.real(folder) else {
            return nil
        }
        return real.hasPrefix(home.hasSuffix("/") ? home : home + "/") ? real : nil
    }

    private static func real(_ path: String) -> String? {
        guard let real = unsafe realpath(path, nil) else { return nil }
        defer { unsafe free(real) }
        return unsafe String(cString: real)
    }

    /// Whether so much of the sound is exactly nothing, as it is where the gap was filled.
    private func beginsWithSilence(of gap: Duration) throws(Fault) -> Bool {
        // Clients fill whole milliseconds, and leave alone what is shorter than 20 of them.
        let count = Int((gap - .milliseconds(20)) / .seconds(1) * 16_000) * 2
        let bytes = try wish.sound.spool.bytes(from: 0, count: count)
        return bytes.count == count && bytes.allSatisfy { $0 == 0 }
    }
}
