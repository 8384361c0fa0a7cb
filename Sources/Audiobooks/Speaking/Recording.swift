public import AudioCore
internal import Jobs
internal import Platform
public import Speech

/// What an engine has said of a book, on disk beside the book's output: a run that was stopped goes on where it was.
///
/// ```swift
/// let recording = try Recording(beside: "book.m4b")
/// let narration = try await recording.narrate(script, by: engine)
/// var sound = try recording.sound(of: narration)
/// while let chunk = try await sound.next() { … }
/// try recording.remove()
/// ```
public final class Recording: Sendable {
    let journal: Journal
    let store: ClipStore

    /// Opens the recording of an output, or begins one.
    ///
    /// - Throws: `busy` while another process works on it.
    public init(beside output: String, isFresh: Bool = false) throws(BookError) {
        do throws(SystemError) {
            journal = try Journal(beside: output, isFresh: isFresh, keeping: [ClipStore.name])
            store = try ClipStore(journal)
        } catch {
            guard error.isBusy else { throw BookError(error) }
            throw BookError(
                .busy, "another run works on \(output)", remedy: "wait for it; what it has finished is kept")
        }
    }

    // A task that has just ended may still hold the journal: whoever opens the recording again must not wait for it.
    deinit { journal.release() }

    /// The folder, for files that are there only while the book is made.
    package var folder: String { journal.folder }

    /// Whether all that is in it belongs to what was narrated: else another run may need the rest.
    package var isUsedUp: Bool { journal.isUsedUp }

    /// Whether nothing is in it.
    package var isEmpty: Bool { journal.count == 0 }

    /// Has a script spoken: what was spoken before is not asked for again.
    public func narrate(
        _ script: Script, by engine: any SpeechSynthesizer, _ settings: NarrationSettings = NarrationSettings(),
        taking take: (NarrationStep) -> Void = { _ in }
    ) async throws(RemoteError) -> Narration {
        var narrator = Narrator(script, PassageSpeech(engine: engine, settings: settings, store: store))
        return try await narrator.narrate(take)
    }

    /// The sound of a narration, or of a part of it.
    public func sound(of narration: Narration, frames: Range<Int>? = nil) -> NarrationSource {
        NarrationSource(narration, store, frames ?? 0..<narration.frameCount)
    }

    /// Takes it away, once the book is made.
    public func remove() throws(BookError) {
        do throws(SystemError) { try journal.remove() } catch { throw BookError(error) }
    }
}

/// The sound of a narration, read piece by piece from the disk.
public struct NarrationSource: ~Copyable, PCMSource {
    /// One channel at the rate of the book.
    public let format: PCMFormat
    private let store: ClipStore
    private var pieces: ArraySlice<Narration.Piece>
    /// Frames of the first piece that have been given.
    private var given: Int
    private var position: Int
    private let end: Int

    /// Frames of a chunk at most.
    private static let chunk = 24_000

    init(_ narration: Narration, _ store: ClipStore, _ frames: Range<Int>) {
        format = narration.format
        self.store = store
        pieces = narration.pieces[...]
        given = 0
        (position, end) = (frames.lowerBound, frames.upperBound)
        var skipped = 0
        while let first = pieces.first, skipped + first.frameCount <= frames.lowerBound {
            skipped += first.frameCount
            pieces = pieces.dropFirst()
        }
        given = frames.lowerBound - skipped
    }

    /// The next chunk, or nil at the end.
    public mutating func next() async throws(AudioError) -> PCMChunk<Float>? {
        var samples: [Float] = []
        let start = position
        while samples.count < Self.chunk, position < end, let piece = pieces.first {
            let count = min(piece.frameCount - given, Self.chunk - samples.count, end - position)
            samples += try self.samples(of: piece, given..<given + count)
            given += count
            position += count
            guard given == piece.frameCount else { continue }
            pieces = pieces.dropFirst()
            given = 0
        }
        guard !samples.isEmpty else { return nil }
        guard !Task.isCancelled else { throw AudioError(.cancelled, "the task was cancelled") }
        return PCMChunk(format: format, start: MediaTime(frames: start, rate: format.rate), samples: samples)
    }

    private func samples(of piece: Narration.Piece, _ part: Range<Int>) throws(AudioError) -> [Float] {
        guard case .sound(let frames) = piece else { return [Float](repeating: 0, count: part.count) }
        let integers = try withAudioErrors { () throws(SystemError) in
            try store.samples(from: frames.lowerBound + part.lowerBound, count: part.count)
        }
        return integers.indices.map { index in
            Float(integers[index]) / 32_768 * level(at: part.lowerBound + index, of: frames.count)
        }
    }

    /// Sound comes and goes within a few milliseconds, so that nothing clicks.
    private func level(at frame: Int, of count: Int) -> Float {
        let (rise, fall) = (max(format.rate / 200, 1), max(format.rate / 100, 1))
        return min(1, Float(frame) / Float(rise), Float(count - 1 - frame) / Float(fall))
    }
}
