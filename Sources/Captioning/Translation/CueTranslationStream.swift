package import Jobs
package import Speech
package import Subtitles

/// Translates cues as they come, in windows with what is said around them, as many windows at once as the translator takes.
package final class CueTranslationStream {
    private let translation: CueTranslation
    private let journal: Journal?
    private let identity: [String]
    private var before: [Cue] = []
    private var open: [Cue] = []
    /// The windows that are asked for, in their order.
    private var asked: ArraySlice<Task<Window, Never>> = []

    private typealias Window = Result<CueTranslation.Translated, RemoteError>

    /// How many cues nobody translated; they stay as they were said.
    package private(set) var missing = 0

    package init(_ translation: CueTranslation, journal: Journal?, identity: [String]) {
        (self.translation, self.journal, self.identity) = (translation, journal, identity)
    }

    deinit { for window in asked { window.cancel() } }

    /// Takes cues, and returns those that are translated.
    package func add(_ cues: [Cue]) async throws(RemoteError) -> [Cue] {
        open += cues
        var ready: [Cue] = []
        while open.count >= CueTranslation.window + CueTranslation.around {
            ready += try await ask(CueTranslation.window)
        }
        return ready
    }

    /// Ends, and returns what is left.
    package func finish() async throws(RemoteError) -> [Cue] {
        var ready: [Cue] = []
        while !open.isEmpty { ready += try await ask(min(CueTranslation.window, open.count)) }
        return try await ready + translated(keeping: 0)
    }

    /// Ends the work, and waits until nothing of it is left.
    package func stop() async {
        for window in asked { window.cancel() }
        await settle()
    }

    /// Asks for a window, and returns those that had to come before.
    private func ask(_ count: Int) async throws(RemoteError) -> [Cue] {
        let most = translation.translator.translationLimits.concurrentRequests
        let ready = try await translated(keeping: most - 1)
        let (cues, before) = (Array(open[..<count]), before)
        let after = Array(open[count...].prefix(CueTranslation.around))
        asked.append(
            Task { [translation, journal, identity] in
                do throws(RemoteError) {
                    return .success(
                        try await translation.translate(
                            cues, before: before, after: after, journal: journal, identity: identity))
                } catch {
                    return .failure(error)
                }
            })
        self.before = cues.suffix(CueTranslation.around)
        open.removeFirst(count)
        return ready
    }

    /// The first windows, until so many are on their way.
    private func translated(keeping most: Int) async throws(RemoteError) -> [Cue] {
        var cues: [Cue] = []
        while asked.count > most, let first = asked.first {
            let window = await withTaskCancellationHandler {
                await first.value
            } onCancel: { [asked] in
                for window in asked { window.cancel() }
            }
            asked.removeFirst()
            guard case .failure(let error) = window else {
                let translated = try window.get()
                cues += translated.cues
                missing += translated.missing
                continue
            }
            // What is on its way is paid for: it goes into the journal.
            await settle()
            throw error
        }
        return cues
    }

    private func settle() async {
        for window in asked { _ = await window.value }
        asked = []
    }
}
