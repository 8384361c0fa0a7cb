// The examples of the README, compiled as they stand there: a test holds the two against each other.

import Oriole

// example: read
func seconds(of path: String) async throws -> Double {
    let input = try await AudioInput(path: path)
    var speech = try ConvertedSource(input, to: PCMFormat(rate: 16_000, channels: 1))
    var frames = 0
    while let chunk = try await speech.next() { frames += chunk.frameCount }
    return MediaTime(frames: frames, rate: 16_000).seconds
}

// example: resample
func telephone(_ pieces: [[Int16]]) throws -> [Int16] {
    var resampler = try Resampler(from: 24_000, to: 8_000, channels: 1, mode: .lowLatency)
    var output: [Int16] = []
    for piece in pieces { try resampler.convert(piece.span, appendingTo: &output) }
    try resampler.finish(appendingTo: &output)
    return output
}

// example: opus
func opus(_ speech: [[Float]], title: String) throws -> [UInt8] {
    let tags = OpusTags(comments: [.init("TITLE", title)])
    var writer = try OggOpusWriter(
        format: PCMFormat(rate: 24_000, channels: 1), tags: tags, pageInterval: .milliseconds(100))
    var bytes: [UInt8] = []
    for piece in speech { try writer.write(piece.span, appendingTo: &bytes) }
    try writer.finish(appendingTo: &bytes)
    return bytes
}

// example: loudness
func normalized(_ samples: [Float], _ format: PCMFormat) throws -> [Float] {
    var meter = try LoudnessMeter(format: format)
    meter.add(samples.span)
    var samples = samples
    var span = samples.mutableSpan
    meter.gain(to: -18)?.apply(to: &span)
    return samples
}

// example: speak
func speak(_ text: String, with engine: some SpeechSynthesizer, into path: String) async throws {
    let format = PCMFormat(rate: 24_000, channels: 1)
    var output = try AudioOutput(path: path, settings: OutputSettings(kind: .opus), format: format)
    for try await chunk in try engine.speak(SpeechRequest(text, voice: "tongtong")) {
        try output.write(chunk.audio.floats().samples.span)
    }
    try output.finish()
}

// example: scan
func clips(of path: String) async throws -> [SpeechSection] {
    var scan = try SpeechScan(try await AudioInput(path: path))
    var clips: [SpeechSection] = []
    while let clip = try await scan.next() { clips.append(clip) }
    return clips
}

// example: align
func words(of script: String, in path: String) async throws -> [TimedWord] {
    let text = try await RecordingAligner().align(script, to: try await AudioInput(path: path), language: "en")
    return text.words.filter { !$0.isDoubtful }
}

// example: captions
func subtitles(of path: String, by engine: some Transcriber) async throws -> String {
    var writer = CueWriter(.vtt)
    var text = writer.begin()
    for try await cue in Captioner(engine).cues(of: { () async throws(AudioError) in try await AudioInput(path: path) })
    {
        text += writer.add(cue)
    }
    return text + writer.finish()
}

// example: audiobook
func audiobook(of path: String, by engine: some SpeechSynthesizer, at output: String) async throws -> Narration {
    let book = try Book(path: path)
    let recording = try Recording(beside: output)
    let narration = try await recording.narrate(Script(book.chapters, language: book.language), by: engine)
    var settings = BookMaker.Settings(format: .opus)
    settings.mastering = try await Mastering.find(for: narration, in: recording, target: -18)
    _ = try await BookMaker(book, narration, in: recording, settings).makeWhole(at: output)
    try recording.remove()
    return narration
}

// example: serve
func serve(_ engine: some SpeechSynthesizer & Transcriber & VoiceCatalog) throws -> SpeechServer {
    var settings = ServerSettings()
    settings.port = 0
    settings.log = { line in print(line.path, line.status) }
    return try SpeechServer(ServerEngines(speech: engine, hearing: engine, voices: engine), settings)
}
// end
