internal import AudioCore
internal import HTTPTransport
internal import Speech

/// An answer of a call while it is told, in the order in which the service tells its own.
struct RealtimeAnswering: ~Copyable {
    private let id: String
    private let words: RealtimeWords
    private let speaks: Bool
    private let item = RealtimeWords.number("item")
    private var text = ""
    private var sound: Optional<AnswerSound> = nil

    init(_ id: String, _ words: RealtimeWords, speaks: Bool) {
        (self.id, self.words, self.speaks) = (id, words, speaks)
    }

    private var place: [String: JSONValue] {
        ["response_id": .text(id), "item_id": .text(item), "output_index": .number(0), "content_index": .number(0)]
    }

    private var part: JSONValue { .object(["type": .text(speaks ? "audio" : "text")]) }

    func begin() async {
        // Nobody counts here, and there is no limit: the event comes where clients expect it.
        await words.tell("rate_limits.updated", ["rate_limits": .list([])])
        let added = RealtimeWords.item(item, role: "assistant", status: "in_progress")
        await words.tell(
            "response.output_item.added", ["response_id": .text(id), "output_index": .number(0), "item": added])
        await words.tell("conversation.item.created", ["item": added])
        await words.tell("response.content_part.added", place.merging(["part": part]) { $1 })
    }

    mutating func tell(_ event: VoiceEvent) async throws(Fault) {
        switch event {
        case .text(let new):
            text += new
            let type = speaks ? "response.audio_transcript.delta" : "response.text.delta"
            await words.tell(type, place.merging(["delta": .text(new)]) { $1 })
        case .audio(let chunk): try await tell(chunk)
        case .audioReference: break
        }
    }

    private mutating func tell(_ chunk: SpeechChunk) async throws(Fault) {
        guard speaks else { return }
        if sound == nil { sound = try AnswerSound(chunk.audio.format) }
        await tell(sound: try sound?.bytes(of: chunk.audio) ?? [])
    }

    /// In pieces of a fifth of a second, whatever the engine makes at once.
    private func tell(sound bytes: [UInt8]) async {
        for begin in stride(from: 0, to: bytes.count, by: Self.pieceByteCount) {
            let piece = Array(bytes[begin..<min(begin + Self.pieceByteCount, bytes.count)])
            let text = String(decoding: Base64Encoder.text(of: piece.span), as: UTF8.self)
            await words.tell("response.audio.delta", place.merging(["delta": .text(text)]) { $1 })
        }
    }

    private static let pieceByteCount = 9_600

    consuming func end() async throws(Fault) {
        await tell(sound: try sound.take()?.finish() ?? [])
        if speaks {
            await words.tell("response.audio_transcript.done", place.merging(["transcript": .text(text)]) { $1 })
            await words.tell("response.audio.done", place)
        } else {
            await words.tell("response.text.done", place.merging(["text": .text(text)]) { $1 })
        }
        await words.tell("response.content_part.done", place.merging(["part": part]) { $1 })
        let content = RealtimeWords.content(speaks ? "audio" : "text", text)
        await words.tell(
            "response.output_item.done",
            [
                "response_id": .text(id), "output_index": .number(0),
                "item": RealtimeWords.item(item, role: "assistant", [content]),
            ])
        await words.tell(
            "response.done", ["response": RealtimeWords.response(id, "completed", hasUsage: true)])
    }
}

/// The sound of an answer, as clients want it: one channel at 24 kHz, two bytes a sample.
private struct AnswerSound: ~Copyable {
    private let format: PCMFormat
    private var resampler: Optional<Resampler>

    init(_ format: PCMFormat) throws(Fault) {
        self.format = format
        do throws(AudioError) {
            resampler = try Resampler(from: format.rate, to: SpeechForm.rate, channels: 1, mode: .lowLatency)
        } catch {
            throw Fault(error)
        }
    }

    mutating func bytes(of chunk: PCMChunk<Int16>) throws(Fault) -> [UInt8] {
        guard chunk.format == format else { throw Fault(.engineFailed, "the speech changes its form in the middle") }
        var samples = chunk.samples
        if format.channels > 1 {
            var mixed: [Int16] = []
            ChannelMixer(from: format.channels, to: 1).mix(samples.span, appendingTo: &mixed)
            samples = mixed
        }
        var converted: [Int16] = []
        do throws(AudioError) {
            try resampler?.convert(samples.span, appendingTo: &converted)
        } catch {
            throw Fault(error)
        }
        return converted.littleEndianBytes
    }

    consuming func finish() throws(Fault) -> [UInt8] {
        var rest: [Int16] = []
        do throws(AudioError) {
            try resampler.take()?.finish(appendingTo: &rest)
        } catch {
            throw Fault(error)
        }
        return rest.littleEndianBytes
    }
}
