internal import CSampleRate

/// libsamplerate's best converter, for the ratios that have no kernels of ours, and as the judge of those that have.
@safe
struct AnyRatioResampler: ~Copyable {
    private let state: OpaquePointer
    private let ratio: Double
    private let rates: (input: Int, output: Int)
    private let channels: Int
    private var taken = 0
    private var given = 0

    private static let framesPerCall = 4_096

    init(from input: Int, to output: Int, channels: Int) throws(AudioError) {
        let ratio = Double(output) / Double(input)
        guard src_is_valid_ratio(ratio) != 0 else {
            throw AudioError(
                .unsupported, "cannot resample \(input) Hz to \(output) Hz",
                remedy: "choose rates at most 256 times apart")
        }
        var status: CInt = 0
        let made =
            unsafe Faults.strike("src_new")
            ? nil : src_new(CInt(SRC_SINC_BEST_QUALITY), CInt(channels), &status)
        guard let state = unsafe made else {
            throw AudioError(samplerate: "src_new", status, "cannot make a \(channels)-channel resampler")
        }
        unsafe self.state = state
        self.ratio = ratio
        rates = (input, output)
        self.channels = channels
    }

    deinit {
        _ = unsafe src_delete(state)
    }

    /// Converts samples and appends the ones that are ready.
    mutating func convert(_ input: Span<Float>, appendingTo output: inout [Float]) throws(AudioError) {
        try drain(input, isLast: false, appendingTo: &output)
    }

    /// Appends the samples that the filter holds: as many in all as the input lasts, rounded up, where the library may
    /// give one more or one less.
    mutating func finish(appendingTo output: inout [Float]) throws(AudioError) {
        try drain([Float]().span, isLast: true, appendingTo: &output)
        let missing = (taken * rates.output + rates.input - 1) / rates.input - given
        output.removeLast(min(max(-missing, 0) * channels, output.count))
        output.append(contentsOf: repeatElement(0, count: max(missing, 0) * channels))
    }

    private mutating func drain(
        _ input: Span<Float>, isLast: Bool, appendingTo output: inout [Float]
    ) throws(AudioError) {
        let before = output.count
        taken += input.count / channels
        var rest = input
        var progress = Progress()
        repeat {
            try output.append(addingCapacity: Self.framesPerCall * channels) {
                (free: inout OutputSpan<Float>) throws(AudioError) in
                progress = try step(rest, isLast: isLast, into: &free)
            }
            rest = rest.extracting(droppingFirst: progress.consumed * channels)
        } while progress.produced > 0 || progress.consumed > 0
        given += (output.count - before) / channels
    }

    private struct Progress {
        var consumed = 0
        var produced = 0
    }

    /// Makes one call of `src_process`, the only place where this type touches a pointer.
    private mutating func step(
        _ input: Span<Float>, isLast: Bool, into output: inout OutputSpan<Float>
    ) throws(AudioError) -> Progress {
        var call = unsafe SRC_DATA()
        let status = unsafe input.withUnsafeBufferPointer { source in
            unsafe output.withUnsafeMutableBufferPointer { target, count in
                unsafe call.data_in = source.baseAddress
                unsafe call.input_frames = source.count / channels
                unsafe call.data_out = target.baseAddress
                unsafe call.output_frames = target.count / channels
                unsafe call.end_of_input = isLast ? 1 : 0
                unsafe call.src_ratio = ratio
                let status = unsafe src_process(state, &call)
                unsafe count = call.output_frames_gen * channels
                return status
            }
        }
        guard status == 0, !Faults.strike("src_process") else {
            throw AudioError(samplerate: "src_process", status, "resampling stopped")
        }
        return unsafe Progress(consumed: call.input_frames_used, produced: call.output_frames_gen)
    }
}

extension AudioError {
    fileprivate init(samplerate function: String, _ status: CInt, _ message: String) {
        let text = unsafe src_strerror(status).map { unsafe String(cString: $0) } ?? "unknown status"
        self.init(.libraryFailure, message, cause: LibraryStatus(function: function, status: Int(status), text: text))
    }
}
