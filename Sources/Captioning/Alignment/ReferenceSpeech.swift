internal import AudioCore
internal import Platform

/// Speech that a machine makes of units, whose times are therefore known.
struct ReferenceSpeech {
    /// Samples at 16 kHz.
    let samples: [Float]
    /// The seconds of each unit.
    let spans: [Range<Double>]
    /// How far a recording of the same words may lie from it; those of others lie farther, most often.
    ///
    /// Measured on fifteen recordings, in noise too: right words lie 9 to 12.7 from flite's and 12 to 15.6 from espeak-ng's,
    /// wrong ones 11.6 to 16 and 14 to 17.
    let farthest: Double

    private static let rate = 16_000

    /// English by flite as a whole, anything else by espeak-ng unit by unit; nil where neither can.
    ///
    /// - Throws: `cancelled` alone.
    static func of(
        _ units: [TextUnit], language: String?, by programs: HelperPrograms = HelperPrograms()
    ) async throws(AudioError) -> ReferenceSpeech? {
        let readings = Pronouncer.readings(of: units, language: language)
        if readings.allSatisfy({ $0.voice == "en-us" }), let speech = try await byFlite(units, programs) {
            return speech
        }
        return try await byEspeak(readings, programs)
    }

    // MARK: flite tells when each phone ends; how many a word has, it tells of the word alone.

    private static func byFlite(
        _ units: [TextUnit], _ programs: HelperPrograms
    ) async throws(AudioError) -> ReferenceSpeech? {
        guard programs.isUsable(.flite), let file = try? TemporaryFile(suffix: ".wav") else { return nil }
        let text = units.map(\.text).joined(separator: " ").unicodeScalars.map { $0.isASCII ? "\($0)" : " " }.joined()
        let arguments = ["-voice", "rms", "-t", text, "-psdur", "-o", file.path]
        guard let output = try await programs.output(of: .flite, arguments, within: .seconds(60)),
            let bytes = try? OpenFile.contents(of: file.path, limit: 64 << 20), let samples = samples(of: bytes)
        else { return nil }
        _ = consume file
        let phones = String(decoding: output, as: UTF8.self).split(whereSeparator: \.isWhitespace).compactMap(
            Phone.init)
        guard let counts = try await phoneCounts(of: units, programs) else { return nil }
        return spans(of: phones, counts).map { ReferenceSpeech(samples: samples, spans: $0, farthest: 12.5) }
    }

    private struct Phone {
        let isPause: Bool
        let end: Double

        init?(_ field: Substring) {
            let parts = field.split(separator: ":")
            guard parts.count == 2, let end = Double(parts[1]) else { return nil }
            isPause = parts[0] == "pau"
            self.end = end
        }
    }

    private static func phoneCounts(
        of units: [TextUnit], _ programs: HelperPrograms
    ) async throws(AudioError) -> [Int]? {
        var known: [String: Int] = [:]
        for unit in units where known[unit.spoken] == nil {
            let arguments = ["-voice", "rms", "-t", unit.spoken, "-ps", "-o", "none"]
            guard let output = try await programs.output(of: .flite, arguments, within: .seconds(20)) else {
                return nil
            }
            known[unit.spoken] = String(decoding: output, as: UTF8.self).split(whereSeparator: \.isWhitespace)
                .count { $0 != "pau" }
        }
        return units.map { known[$0.spoken] ?? 0 }
    }

    /// Nil when words have other phones in a sentence than by themselves, so that nobody knows whose is whose.
    private static func spans(of phones: [Phone], _ counts: [Int]) -> [Range<Double>]? {
        guard phones.count(where: { !$0.isPause }) == counts.reduce(0, +) else { return nil }
        var (spans, index, end): ([Range<Double>], Int, Double) = ([], 0, 0)
        for count in counts {
            var start: Double?
            var rest = count
            while rest > 0, index < phones.count {
                if !phones[index].isPause {
                    start = start ?? end
                    rest -= 1
                }
                end = max(phones[index].end, end)
                index += 1
            }
            spans.append((start ?? end)..<end)
        }
        return spans
    }

    // MARK: espeak-ng says each unit by itself; the silence around it is left out.

    private static func byEspeak(
        _ readings: [Pronouncer.Reading], _ programs: HelperPrograms
    ) async throws(AudioError) -> ReferenceSpeech? {
        guard programs.isUsable(.espeak) else { return nil }
        var known: [Pronouncer.Reading: [Float]] = [:]
        var (samples, spans): ([Float], [Range<Double>]) = ([], [])
        for reading in readings {
            if known[reading] == nil {
                let arguments = ["-v", reading.voice, "--stdout", "--", reading.text]
                guard let output = try await programs.output(of: .espeak, arguments, within: .seconds(20)),
                    let sound = Self.samples(of: output)
                else { return nil }
                known[reading] = trimmed(sound)
            }
            let start = Double(samples.count) / Double(rate)
            samples += known[reading] ?? []
            spans.append(start..<Double(samples.count) / Double(rate))
        }
        return ReferenceSpeech(samples: samples, spans: spans, farthest: 14.8)
    }

    private static func trimmed(_ samples: [Float]) -> [Float] {
        guard let first = samples.firstIndex(where: { abs($0) >= 0.003 }),
            let last = samples.lastIndex(where: { abs($0) >= 0.003 })
        else { return [] }
        let margin = rate / 200
        return Array(samples[max(0, first - margin)...min(last + margin, samples.count - 1)])
    }

    private static func samples(of file: [UInt8]) -> [Float]? {
        do throws(AudioError) {
            var reader = WAVReader()
            var sound: [Float] = []
            try reader.read(file.span, appendingTo: &sound)
            guard let format = reader.format, format.channels == 1 else { return nil }
            _ = try reader.finish(appendingTo: &sound)
            var resampler = try Resampler(from: format.rate, to: rate, channels: 1)
            var samples: [Float] = []
            try resampler.convert(sound.span, appendingTo: &samples)
            try resampler.finish(appendingTo: &samples)
            return samples
        } catch {
            return nil
        }
    }
}
