internal import AudioCore
internal import Platform

/// The flags that say what kind of file sound goes to.
enum OutputFlags {
    static let format = Flag(
        "format", .choice(OutputSettings.Kind.self), "the kind of file; else by OUT's name")
    static let encoding = Flag("encoding", .choice(EncodingName.self), "how samples are stored", fallback: "s16")
    static let bitrate = Flag("bitrate", .bitrate(in: 6_000...510_000), "bits per second for opus and mp3, such as 24k")

    /// Ways to store samples, as they are typed.
    enum EncodingName: String, CaseIterable, Sendable {
        case s16, s24, f32

        var encoding: SampleEncoding {
            switch self {
            case .s16: .signed16
            case .s24: .signed24
            case .f32: .float32
            }
        }
    }

    /// What was typed, for a file of a name.
    static func settings(
        _ typed: TypedArguments, output: String, standardOutput: OutputSettings.Kind? = nil
    ) throws(CommandError) -> OutputSettings {
        try settings(typed, output: output, kind: typed[format], standardOutput: standardOutput)
    }

    /// The same, for a kind that was asked for in other words.
    static func settings(
        _ typed: TypedArguments, output: String, kind asked: OutputSettings.Kind?,
        standardOutput: OutputSettings.Kind? = nil
    ) throws(CommandError) -> OutputSettings {
        guard let kind = asked ?? (output == "-" ? standardOutput : OutputSettings.Kind(path: output)) else {
            let kinds = OutputSettings.Kind.allCases.map(\.rawValue).joined(separator: ", ")
            throw CommandError(
                .wrongUse, "the name ‘\(output)’ does not say what kind of file to make", hint: "--format: \(kinds)")
        }
        return OutputSettings(
            kind: kind, encoding: try encoding(typed, kind: kind), bitrate: try bitrate(typed, kind: kind))
    }

    /// Refuses a rate that a kind of file cannot have.
    static func check(rate: Int?, for kind: OutputSettings.Kind) throws(CommandError) {
        guard let rate else { return }
        let nearest = kind.nearest(to: PCMFormat(rate: rate, channels: 1)).rate
        guard nearest != rate else { return }
        throw CommandError(
            .wrongUse, "\(kind.rawValue) cannot have \(rate) samples per second", hint: "--rate \(nearest)")
    }

    /// Refuses a place that no sound can be written to, before anything is asked that costs money.
    static func check(place path: String) throws(CommandError) {
        guard path != "-" || !Terminal.isOutputScreen else {
            throw CommandError(
                .wrongUse, "sound would fill the screen with signs", hint: "-o FILE, or … -o - | aplay")
        }
        try check(textPlace: path)
    }

    /// Refuses a place that no text can be written to.
    static func check(textPlace path: String) throws(CommandError) {
        guard path != "-" else { return }
        do throws(SystemError) { try OutputFile.check(path) } catch { throw CommandError(AudioError(error)) }
    }

    private static func bitrate(_ typed: TypedArguments, kind: OutputSettings.Kind) throws(CommandError) -> Int? {
        guard let bitrate = typed[bitrate] else { return nil }
        guard let range = kind.bitrates else {
            throw CommandError(.wrongUse, "\(kind.rawValue) takes no --bitrate", hint: "only opus and mp3 do")
        }
        guard range.contains(bitrate) else {
            throw CommandError(
                .wrongUse, "\(kind.rawValue) cannot have \(bitrate) bits per second",
                hint: "from \(range.lowerBound) to \(range.upperBound)")
        }
        return bitrate
    }

    private static func encoding(
        _ typed: TypedArguments, kind: OutputSettings.Kind
    ) throws(CommandError) -> SampleEncoding {
        guard let name = typed[encoding] else { return .signed16 }
        guard kind.encodings.contains(name.encoding) else {
            let names = EncodingName.allCases.filter { kind.encodings.contains($0.encoding) }.map(\.rawValue)
            let hint =
                names.isEmpty
                ? "\(kind.rawValue) has no encodings to choose from" : "--encoding: \(names.joined(separator: ", "))"
            throw CommandError(.wrongUse, "\(kind.rawValue) does not hold \(name.rawValue) samples", hint: hint)
        }
        return name.encoding
    }
}
