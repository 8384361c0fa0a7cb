internal import CAudioKernels
internal import Platform

/// Which version of the hot loops runs: chosen once, by what the processor has.
///
/// The environment variable `ORIOLE_SIMD` (`plain`, `avx2`, `avx512`) holds it down, for tests and for finding faults.
enum SIMDLevel: String, CaseIterable, Sendable {
    case plain
    case avx2
    case avx512

    fileprivate var table: UnsafePointer<oriole_kernels>? {
        switch self {
        case .plain: unsafe oriole_kernels_for(ORIOLE_SIMD_PLAIN)
        case .avx2: unsafe oriole_kernels_for(ORIOLE_SIMD_AVX2)
        case .avx512: unsafe oriole_kernels_for(ORIOLE_SIMD_AVX512)
        }
    }
}

/// The hot loops, written in C, behind calls that take spans.
///
/// Only this type and the two filter stages that own raw buffers touch the C functions.
@safe
struct Kernels: Sendable {
    /// The instruction set these are written for.
    let level: SIMDLevel
    /// Constant data of the library itself.
    private nonisolated(unsafe) let pointer: UnsafePointer<oriole_kernels>

    /// The kernels of a level, or nil when this processor has not got it.
    init?(_ level: SIMDLevel) {
        guard let table = unsafe level.table else { return nil }
        self.level = level
        unsafe pointer = table
    }

    /// The C functions, for a type that owns its buffers.
    var table: oriole_kernels { @unsafe get { unsafe pointer.pointee } }

    /// The kernels that run.
    static var active: Kernels { choice.kernels }

    /// What `ORIOLE_SIMD` and the processor led to.
    static let choice = Choice(wanted: Environment.value("ORIOLE_SIMD"))

    /// The best kernels that the processor has, or those of the level that somebody wants when it has them.
    struct Choice: Sendable {
        let kernels: Kernels
        /// Why a wish was not heard.
        let complaint: String?

        init(wanted: String?) {
            guard let best = available.last else { preconditionFailure("the plain kernels are always there") }
            let level = wanted.flatMap(SIMDLevel.init)
            let held = level.flatMap(Kernels.init)
            kernels = held ?? best
            switch (wanted, level, held) {
            case (nil, _, _), (_, _, .some): complaint = nil
            case (.some(let name), nil, _):
                let names = SIMDLevel.allCases.map(\.rawValue).joined(separator: ", ")
                complaint = "ORIOLE_SIMD is ‘\(name)’, which is none of \(names), and is ignored"
            case (_, .some(let level), nil):
                complaint = "ORIOLE_SIMD is ‘\(level.rawValue)’, which this processor has not got, and is ignored"
            }
        }
    }

    /// Every level that this processor has, slowest first.
    static let available: [Kernels] = SIMDLevel.allCases.compactMap { Kernels($0) }
}

// MARK: - Samples

extension Kernels {
    /// Appends the floats that little-endian 16-bit integers stand for; the bytes hold whole samples.
    func append16(_ bytes: Span<UInt8>, to samples: inout [Float]) {
        unsafe append(bytes, writing: bytes.count / 2, to: &samples) {
            unsafe table.s16_to_f32($0, $1, bytes.count / 2)
        }
    }

    /// Appends the floats that little-endian 24-bit integers stand for; the bytes hold whole samples.
    func append24(_ bytes: Span<UInt8>, to samples: inout [Float]) {
        unsafe append(bytes, writing: bytes.count / 3, to: &samples) {
            unsafe table.s24_to_f32($0, $1, bytes.count / 3)
        }
    }

    /// Appends the floats that little-endian 32-bit integers stand for; the bytes hold whole samples.
    func append32(_ bytes: Span<UInt8>, to samples: inout [Float]) {
        unsafe append(bytes, writing: bytes.count / 4, to: &samples) {
            unsafe table.s32_to_f32($0, $1, bytes.count / 4)
        }
    }

    /// Appends the floats that 16-bit integers stand for.
    func append(_ integers: Span<Int16>, to samples: inout [Float]) {
        unsafe append(integers, writing: integers.count, to: &samples) {
            unsafe table.s16_to_f32($0, $1, integers.count)
        }
    }

    /// Appends the integers nearest to the samples as two bytes each, saturated at full scale.
    func append16(_ samples: Span<Float>, to bytes: inout [UInt8]) {
        unsafe append(samples, writing: samples.count * 2, to: &bytes) {
            unsafe table.f32_to_s16($0, $1, samples.count)
        }
    }

    /// Appends the integers nearest to the samples as three bytes each, saturated at full scale.
    func append24(_ samples: Span<Float>, to bytes: inout [UInt8]) {
        unsafe append(samples, writing: samples.count * 3, to: &bytes) {
            unsafe table.f32_to_s24($0, $1, samples.count)
        }
    }

    /// Appends the integers nearest to the samples as four bytes each, saturated at full scale.
    func append32(_ samples: Span<Float>, to bytes: inout [UInt8]) {
        unsafe append(samples, writing: samples.count * 4, to: &bytes) {
            unsafe table.f32_to_s32($0, $1, samples.count)
        }
    }

    /// Appends the 16-bit integers nearest to the samples, saturated at full scale.
    func append(_ samples: Span<Float>, to integers: inout [Int16]) {
        unsafe append(samples, writing: samples.count, to: &integers) { unsafe table.f32_to_s16($0, $1, samples.count) }
    }

    /// Appends the mean of the two channels of stereo frames.
    func appendMono(_ stereo: Span<Float>, to mono: inout [Float]) {
        let frames = stereo.count / 2
        unsafe append(stereo, writing: frames, to: &mono) { unsafe table.f32_stereo_to_mono($0, $1, frames) }
    }

    /// Whether no sample is infinite or not a number.
    func areFinite(_ samples: Span<Float>) -> Bool {
        unsafe samples.withUnsafeBufferPointer { source in
            guard let base = source.baseAddress else { return true }
            return unsafe table.all_finite(base, source.count) != 0
        }
    }

    /// Lends the start of the input and of new room in the output to a C loop that fills all of the room.
    private func append<Input: BitwiseCopyable, Output: BitwiseCopyable>(
        _ input: Span<Input>, writing count: Int, to output: inout [Output],
        _ loop: (UnsafePointer<Input>, UnsafeMutablePointer<Output>) -> Void
    ) {
        guard count > 0 else { return }
        output.append(addingCapacity: count) { free in
            unsafe free.withUnsafeMutableBufferPointer { target, initialized in
                unsafe input.withUnsafeBufferPointer { source in
                    guard let source = source.baseAddress, let target = target.baseAddress else { return }
                    unsafe loop(source, target)
                    initialized = count
                }
            }
        }
    }
}

// MARK: - Filters

extension Kernels {
    /// How many outputs of a direct filter are worked side by side.
    var polyphaseLanes: Int { unsafe Int(table.polyphase_lanes) }

    /// How many floats of a transform sit side by side.
    var fftLanes: Int { unsafe Int(table.fft_lanes) }

    /// All transforms there are, smallest first.
    var ffts: [oriole_fft] {
        unsafe Array(UnsafeBufferPointer(start: table.ffts, count: Int(table.fft_count)))
    }
}

// MARK: - Base64

extension Kernels {
    /// Appends the bytes of whole groups of four characters and returns how many characters they took: all up to the
    /// group that holds a byte outside the alphabet.
    func appendBase64(_ text: Span<UInt8>, to bytes: inout [UInt8]) -> Int {
        var run = oriole_base64_run()
        guard text.count >= 4 else { return 0 }
        bytes.append(addingCapacity: text.count / 4 * 3) { free in
            unsafe free.withUnsafeMutableBufferPointer { target, initialized in
                unsafe text.withUnsafeBufferPointer { source in
                    guard let source = source.baseAddress, let target = target.baseAddress else { return }
                    run = unsafe table.base64_decode(source, text.count, target)
                    initialized = run.produced
                }
            }
        }
        return run.consumed
    }
}
