internal import AudioCore
internal import Platform
internal import Speech

/// Speech made a sentence at a time, when its reader wants the next.
final class SentenceSpeech: EngineSource {
    private var sentences: TextPieces
    private var isOver = false
    private let request: SpeechRequest
    private var index = 0
    private var end = MediaTime(frames: 0, rate: rate)

    /// What all engines speak at.
    static let rate = 24_000
    private static var format: PCMFormat { PCMFormat(rate: rate, channels: 1) }
    /// A sentence of this length is spoken in less than a second.
    private static let longestSentence = 400
    private static var limits: ChildProcess.Limits { ChildProcess.Limits(total: .seconds(60)) }

    init(_ request: SpeechRequest) {
        self.request = request
        sentences = SentenceSplitter(limit: Self.longestSentence).sentences(of: request.text)
    }

    func next() async throws(RemoteError) -> SpeechChunk? {
        while !isOver, let sentence = sentences.next() {
            // Marks alone are no speech.
            guard sentence.contains(where: { $0.isLetter || $0.isNumber }) else { continue }
            let samples: [Int16]
            do throws(RemoteError) {
                samples = try await speak(sentence)
            } catch {
                isOver = true
                throw error
            }
            guard !samples.isEmpty else { continue }
            let chunk = PCMChunk(format: Self.format, start: end, samples: samples)
            defer { index += 1 }
            end = chunk.end
            return SpeechChunk(audio: chunk, index: index, arrival: .now)
        }
        return nil
    }

    private func speak(_ sentence: String) async throws(RemoteError) -> [Int16] {
        let voice = try OfflineVoice(named: request.voice, language: request.language, for: sentence)
        guard voice.canRead(sentence) else {
            throw RemoteError(
                .unsupported, "flite reads English only, not ‘\(sentence.prefix(20))’",
                hint: "leave out --voice or --language")
        }
        let arguments = voice.arguments(for: sentence, speed: request.speed)
        do throws(RemoteError) {
            let file = try await voice.program.output(arguments, limits: Self.limits)
            return try Self.samples(of: file, by: voice.program.name, volume: request.volume)
        } catch {
            // espeak-ng says so, or breaks, for a voice that it has not got.
            guard case .espeak(let name) = voice, error.code == .serviceFailed else { throw error }
            throw RemoteError(
                .unsupported, "espeak-ng cannot speak with the voice ‘\(name)’ (\(error.message))",
                hint: "oriole voices --engine offline lists those that there are")
        }
    }

    /// The sound of a WAVE file at the rate of speech; a program that writes half of one has failed.
    private static func samples(
        of file: [UInt8], by program: String, volume: Double
    ) throws(RemoteError) -> [Int16] {
        do throws(AudioError) {
            var reader = WAVReader()
            var sound: [Float] = []
            try reader.read(file.span, appendingTo: &sound)
            guard let format = reader.format else { throw AudioError(.malformedInput, "the program wrote no sound") }
            guard try reader.finish(appendingTo: &sound) == .complete else {
                throw AudioError(.malformedInput, "the sound stops before its end")
            }
            var resampler = try Resampler(from: format.rate, to: rate, channels: 1)
            var speech: [Float] = []
            try resampler.convert(sound.span, appendingTo: &speech)
            try resampler.finish(appendingTo: &speech)
            var span = speech.mutableSpan
            Gain(factor: Float(volume)).apply(to: &span)
            let place = MediaTime(frames: 0, rate: rate)
            return PCMChunk(format: Self.format, start: place, samples: speech).integers().samples
        } catch {
            throw RemoteError(.serviceFailed, "\(program): \(error.message)")
        }
    }
}
