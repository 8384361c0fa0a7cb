internal import Captioning
internal import FuzzSupport
internal import Subtitles

/// Holds the readers of subtitles to their promises for one input of libFuzzer: what they read is written so that it reads the
/// same, in every format.
@c(LLVMFuzzerTestOneInput)
public func fuzzSubtitles(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    guard count > 1 else { return 0 }
    let input = unsafe Cuts(start, count)
    let formats = SubtitleFormat.allCases
    let format = formats[Int(input.whole[0]) % formats.count]
    guard let track = try? Track(reading: Array(input.whole.dropFirst()), as: format) else { return 0 }
    for other in formats where other != .txt { check(track, as: other) }
    retime(track.cues)
    return 0
}

/// What is written in a format is read again: no cue reaches into the next, and written once more it is the same.
private func check(_ track: Track, as format: SubtitleFormat) {
    let shown = track.cues.count { !$0.text.allSatisfy(\.isWhitespace) }
    let written = track.text(as: format)
    guard let again = try? Track(reading: Array(written.utf8), as: format) else {
        return promise(shown == 0, "what was written cannot be read")
    }
    promise(shown == 0 || !again.cues.isEmpty, "nothing is left of what was written")
    let once = try? Track(reading: Array(again.text(as: format).utf8), as: format)
    promise(once?.cues.count ?? 0 == again.cues.count, "a cue is lost or there twice when it is written again")
    // Programs know cues that are shown at once.
    let isApart = zip(again.cues, again.cues.dropFirst()).allSatisfy { $0.end <= $1.start }
    promise(isApart || format == .json, "written cues overlap")
}

/// Cues that get other times are the same cues.
private func retime(_ cues: [Cue]) {
    let words = cues.flatMap { cue in
        cue.text.split(separator: " ").prefix(3).map {
            TimedWord(text: String($0), start: cue.start, end: cue.end)
        }
    }
    let timed = CueTiming.cues(cues, retimedBy: AlignedText(words: words))
    promise(timed.map(\.lines) == cues.map(\.lines), "a cue is lost when it is timed")
    promise(timed.allSatisfy { $0.start <= $0.end }, "a cue ends before it begins")
}
