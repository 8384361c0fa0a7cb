internal import Captioning
internal import FuzzSupport
internal import Subtitles

/// Holds the reader of subtitles to its promises for one input of libFuzzer: what it read is written so that it reads the same.
@c(LLVMFuzzerTestOneInput)
public func fuzzSubtitles(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    guard count > 1 else { return 0 }
    let input = unsafe Cuts(start, count)
    let cues = SubRip.cues(in: String(decoding: input.whole, as: UTF8.self))
    let written = SubRip.text(of: cues)
    let again = SubRip.cues(in: written)
    promise(again.count == cues.count, "a cue is lost when it is written")
    promise(SubRip.text(of: again) == written, "what was written is written otherwise")
    promise(zip(again, again.dropFirst()).allSatisfy { $0.end <= $1.start }, "written cues overlap")

    let words = again.flatMap { cue in
        cue.text.split(separator: " ").prefix(3).map {
            TimedWord(text: String($0), start: cue.start, end: cue.end)
        }
    }
    let timed = CueTiming.cues(cues, retimedBy: AlignedText(words: words))
    promise(timed.map(\.lines) == cues.map(\.lines), "a cue is lost when it is timed")
    promise(timed.allSatisfy { $0.start <= $0.end }, "a cue ends before it begins")
    return 0
}
