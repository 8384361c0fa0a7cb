internal import FuzzSupport
@_spi(Measuring) internal import GLMSpeech

/// Holds the reader of speech frames to its promises for one input of libFuzzer: what is refused leaves nothing, and sound is
/// no longer than its text.
@c(LLVMFuzzerTestOneInput)
public func fuzzFrame(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    let input = unsafe Cuts(start, count)
    for encoding in [GLMSettings.SpeechEncoding.base64, .hex] {
        var reader = SpeechFrameReader(encoding)
        var sound: [UInt8] = [7]
        let isRead = reader.read(input.whole.span, appendingTo: &sound)
        promise(isRead || sound == [7], "a frame that is refused leaves sound")
        promise(sound.count <= input.whole.count + 1, "there is more sound than text")
    }
    return 0
}
