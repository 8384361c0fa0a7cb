internal import AudioCore
internal import Jobs
internal import Platform

/// Turns sound into sound: what `oriole convert` does with anything but subtitles.
struct SoundConversion {
    /// How to resample, as it is typed.
    enum ModeName: String, CaseIterable, Sendable {
        case throughput
        case lowLatency = "low-latency"
    }

    private let input: String
    private let output: String
    private let track: AudioTrack
    private let settings: OutputSettings
    private let shape: Shape
    private let isQuiet: Bool
    private let printsJSON: Bool
    private let progress: Progress.Form

    /// What the sound becomes on its way.
    private struct Shape {
        let rate: Int?
        let channels: Int?
        let mode: Resampler.Mode
        let loudness: Double?

        /// The format to convert to: as asked, else as near to the input as the kind of file allows.
        func format(for input: PCMFormat, kind: OutputSettings.Kind) -> PCMFormat {
            let wanted = PCMFormat(rate: rate ?? input.rate, channels: channels ?? input.channels)
            let nearest = kind.nearest(to: wanted)
            return PCMFormat(rate: rate ?? nearest.rate, channels: channels ?? nearest.channels)
        }
    }

    init(
        _ typed: TypedArguments, _ configuration: Configuration, kind: OutputSettings.Kind?
    ) throws(CommandError) {
        (input, output) = (typed.operands[0], typed.operands[1])
        isQuiet = typed.has(CommonFlag.quiet)
        printsJSON = typed.has(CommonFlag.json)
        progress = try configuration.value(Settings.progress, or: .auto).form(isQuiet: isQuiet)
        track = MediaFlags.track(typed)
        var settings = try OutputFlags.settings(typed, output: output, kind: kind)
        settings.tags = try Self.tags(typed, kind: settings.kind)
        self.settings = settings
        shape = Shape(
            rate: typed[ConvertVerb.rate], channels: typed[ConvertVerb.channels],
            mode: typed[ConvertVerb.mode] == .lowLatency ? .lowLatency : .throughput,
            loudness: typed[ConvertVerb.loudness])
    }

    func run() async throws(CommandError) {
        let started = ContinuousClock.now
        let result = try await withCommandErrors { () async throws(AudioError) in try await convert() }
        if printsJSON {
            // Standard output is the place for data, unless the sound itself goes there.
            return output == "-" ? Terminal.say(Terminal.json(result)) : try Terminal.print(Terminal.json(result))
        }
        guard !isQuiet else { return }
        Terminal.say(result.line(after: ContinuousClock.now - started))
        if result.inputIsCut { Terminal.say("note: the input is cut or has holes; what was there was converted") }
        guard let target = shape.loudness else { return }
        if let reached = result.loudness, reached < target - 0.1 {
            Terminal.say("note: the peak allows no more than \((reached * 10).rounded() / 10) LUFS")
        } else if result.gain == nil {
            Terminal.say("note: too short or too silent to have a loudness; its level was left alone")
        }
    }
}

// MARK: - What was typed

extension SoundConversion {
    private static func tags(_ typed: TypedArguments, kind: OutputSettings.Kind) throws(CommandError) -> OpusTags {
        var tags = OpusTags(comments: [.init("ENCODER", "oriole \(OrioleCommand.version)")])
        guard kind == .opus || (!typed.has(ConvertVerb.tag) && !typed.has(ConvertVerb.cover)) else {
            throw CommandError(.wrongUse, "tags and covers go into opus files only", hint: "--format opus")
        }
        for text in typed.all(ConvertVerb.tag) {
            let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2, !parts[0].isEmpty, parts[0].utf8.allSatisfy({ (0x20...0x7D).contains($0) }) else {
                throw CommandError(.wrongUse, "‘\(text)’ is not a tag", hint: "--tag TITLE=Something")
            }
            tags.comments.append(.init(String(parts[0]), String(parts[1])))
        }
        if let path = typed[ConvertVerb.cover] {
            do throws(AudioError) {
                tags.comments.append(try CoverPicture(path: path).comment)
            } catch {
                throw CommandError(error)
            }
        }
        return tags
    }
}

// MARK: - The work

extension SoundConversion {
    private func convert() async throws(AudioError) -> Conversion {
        guard let target = shape.loudness else {
            let input = try await AudioInput(named: input, track: track)
            return try await write(from: input, gain: nil)
        }
        // The level is known only at the end, so the sound is read twice; what comes through a pipe is kept for it.
        let kept = input == "-" ? try AudioInput.spool(ByteSource(.standardInput)) : try AudioInput.spool(input)
        let path: String
        switch kept {
        case .some(let file): path = file.path
        case .none: path = input
        }
        let result = try await normalize(path, to: target)
        // The file goes with the value: not before it has been read twice.
        _ = consume kept
        return result
    }

    private func normalize(_ path: String, to target: Double) async throws(AudioError) -> Conversion {
        let first = try await AudioInput(named: path, track: track)
        let format = shape.format(for: first.format, kind: settings.kind)
        var progress = Progress("measuring", total: first.expectedSeconds, form: progress)
        var source = try ConvertedSource(first, to: format, mode: shape.mode)
        var meter = try LoudnessMeter(format: format)
        while let chunk = try await source.next() {
            try stopWhenCancelled()
            meter.add(chunk.samples.span)
            Terminal.show(progress.tell(done: chunk.end.seconds))
        }
        Terminal.show(progress.finish())
        let second = try await AudioInput(named: path, track: track)
        let gain = meter.gain(to: target)
        var result = try await write(from: second, gain: gain)
        result.loudness = gain.flatMap { gain in meter.integrated.map { $0 + gain.decibels } }
        return result
    }

    private func write(from input: consuming AudioInput, gain: Gain?) async throws(AudioError) -> Conversion {
        let expected = input.expectedFrameCount
        let inputFormat = input.format
        let format = shape.format(for: inputFormat, kind: settings.kind)
        // Only a hint, which a strange header may have made absurd.
        let frames = expected.flatMap {
            Int(exactly: (Double($0) * Double(format.rate) / Double(inputFormat.rate)).rounded())
        }
        var progress = Progress("converting", total: input.expectedSeconds, form: progress)
        var source = try ConvertedSource(input, to: format, mode: shape.mode)
        var file = try openOutput(format: format, expectedFrameCount: frames)
        var end = MediaTime(frames: 0, rate: format.rate)
        while let chunk = try await source.next() {
            try stopWhenCancelled()
            var samples = chunk.samples
            var span = samples.mutableSpan
            gain?.apply(to: &span)
            try file.write(samples.span)
            end = chunk.end
            Terminal.show(progress.tell(done: end.seconds))
        }
        try file.finish()
        Terminal.show(progress.finish())
        let isCut = source.withSource { $0.isCut }
        return Conversion(
            output: output, kind: settings.kind.rawValue, format: format, end: end, gain: gain, inputIsCut: isCut)
    }

    private func openOutput(format: PCMFormat, expectedFrameCount: Int?) throws(AudioError) -> AudioOutput {
        if output == "-" { return try AudioOutput(standardOutput: settings, format: format) }
        return try AudioOutput(
            path: output, settings: settings, format: format, expectedFrameCount: expectedFrameCount)
    }

    private func stopWhenCancelled() throws(AudioError) {
        guard !Task.isCancelled else { throw AudioError(.cancelled, "stopped; no file was made") }
    }
}

/// What was made.
private struct Conversion: Encodable {
    let output: String
    let format: String
    let rate: Int
    let channels: Int
    let seconds: Double
    let gain: Double?
    var loudness: Double?
    let inputIsCut: Bool

    init(output: String, kind: String, format: PCMFormat, end: MediaTime, gain: Gain?, inputIsCut: Bool) {
        self.inputIsCut = inputIsCut
        self.output = output
        self.format = kind
        rate = format.rate
        channels = format.channels
        seconds = end.seconds
        self.gain = gain?.decibels
    }

    func line(after time: Duration) -> String {
        let format = PCMFormat(rate: rate, channels: channels)
        let length = MediaTime(frames: Int(seconds * 1_000), rate: 1_000)
        let speed = seconds / max(time / .seconds(1), 1e-3)
        let level = gain.map { ", gain \(($0 * 10).rounded() / 10) dB" } ?? ""
        return
            "\(output == "-" ? "standard output" : output): \(self.format), \(format), \(length)\(level) (\(Int(speed)) × real time)"
    }
}
