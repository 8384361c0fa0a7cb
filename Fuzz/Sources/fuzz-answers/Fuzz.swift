internal import AudioCore
internal import FuzzSupport
internal import Speech

@testable internal import GLMSpeech
@testable internal import HTTPTransport

/// What a reader of an answer gets: text and samples, joined, and what went wrong.
private struct Outcome: Equatable {
    var text = ""
    var samples: [Int16] = []
    var failure: RemoteError.Code?

    mutating func add(_ chunk: SpeechChunk) {
        promise(!chunk.audio.samples.isEmpty, "a piece of speech has no sound")
        samples += chunk.audio.samples
    }

    mutating func add(_ event: VoiceEvent) {
        switch event {
        case .text(let piece): text += piece
        case .audio(let chunk): add(chunk)
        case .audioReference(let id, _): text += "<\(id)>"
        }
    }

    /// Reads an answer as its reader does: until it is over, then its end.
    static func of<Element>(
        _ decoding: any AnswerDecoding<Element>, _ pieces: [ArraySlice<UInt8>],
        _ add: (inout Outcome, Element) -> Void
    ) -> Outcome {
        var outcome = Outcome()
        do throws(RemoteError) {
            for piece in pieces where !decoding.isOver {
                try decoding.read(piece.span, at: .now)
                while let element = decoding.next() { add(&outcome, element) }
            }
            try decoding.finish()
        } catch {
            outcome.failure = error.code
        }
        while let element = decoding.next() { add(&outcome, element) }
        return outcome
    }
}

/// Reads an answer with one of the decoders.
private func read(_ pieces: [ArraySlice<UInt8>], by number: UInt8) -> Outcome {
    let context = AnswerContext(head: HTTPHead(status: 200, headers: []), secret: nil, requestID: nil)
    var settings = GLMSettings()
    settings.speechEncoding = number & 0x80 == 0 ? .base64 : .hex
    settings.skipsMark = number & 0x40 != 0
    switch number & 7 {
    case 0: return .of(EventSpeech(context, settings), pieces) { $0.add($1) }
    case 1: return .of(RawSpeech(context, skippingMark: settings.skipsMark), pieces) { $0.add($1) }
    case 2: return .of(GLMClient.decoding(context, settings), pieces) { $0.add($1) }
    case 3: return .of(EventTranscript(context), pieces) { $0.text += $1 }
    case 4:
        let whole = WholeAnswer(context) { (answer: TranscriptAnswer) in [answer.transcript.text] }
        return .of(whole, pieces) { $0.text += $1 }
    case 5: return .of(EventAnswer(context, rate: 44_100), pieces) { $0.add($1) }
    default: return .of(GLMClient.whole(context, rate: 44_100), pieces) { $0.add($1) }
    }
}

/// Holds the readers of answers to their promise for one input of libFuzzer: no cut changes what is read.
@c(LLVMFuzzerTestOneInput)
public func fuzzAnswers(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    guard count > 1 else { return 0 }
    let input = unsafe Cuts(start + 1, count - 1)
    let number = unsafe start.pointee
    let isSame = read([input.whole[...]], by: number) == read(input.pieces, by: number)
    promise(isSame, "a cut changes an answer")
    return 0
}
