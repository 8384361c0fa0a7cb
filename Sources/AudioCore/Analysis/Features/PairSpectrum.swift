internal import CAudioKernels

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// The power spectra of two frames at once: two real signals are the parts of one complex one.
///
/// The two always belong together, whatever the input's cuts, so that the result does not depend on them.
@safe
struct PairSpectrum: ~Copyable {
    private let transform: Transform
    private let window: [Float]
    private let input: AlignedFloats
    private let output: AlignedFloats
    private let scratch: AlignedFloats

    /// Frames of `length` samples under a Hann window, in a transform of `size`.
    init(size: Int, length: Int, window: [Float], kernels: Kernels) {
        precondition(window.count == length && length <= size, "a window is as long as its frame")
        guard let fft = kernels.ffts.first(where: { $0.size == size }) else {
            preconditionFailure("there is no transform of \(size)")
        }
        transform = Transform(fft, lanes: kernels.fftLanes)
        self.window = window
        // Behind each part a vector's worth is readable.
        input = AlignedFloats(count: 2 * (size + 16))
        output = AlignedFloats(count: 2 * size)
        scratch = AlignedFloats(count: transform.scratchCount)
    }

    /// The squared magnitudes of a range of bins, of both frames.
    func powers(_ first: ArraySlice<Float>, _ second: ArraySlice<Float>, bins: Range<Int>) -> (
        first: [Float], second: [Float]
    ) {
        let size = transform.size
        let imaginary = unsafe input.base + size + 16
        for (index, sample) in first.enumerated() { unsafe input.base[index] = sample * window[index] }
        for (index, sample) in second.enumerated() { unsafe imaginary[index] = sample * window[index] }
        let (re, im) = unsafe (output.base, output.base + size)
        unsafe transform(input.base, imaginary, to: re, im, scratch: scratch.base)
        var powers: (first: [Float], second: [Float]) = ([], [])
        powers.first.reserveCapacity(bins.count)
        powers.second.reserveCapacity(bins.count)
        for bin in bins {
            let mirror = size - bin
            let (even, odd) = unsafe (re[bin] + re[mirror], re[bin] - re[mirror])
            let (sum, difference) = unsafe (im[bin] + im[mirror], im[bin] - im[mirror])
            powers.first.append(0.25 * (even * even + difference * difference))
            powers.second.append(0.25 * (sum * sum + odd * odd))
        }
        return powers
    }

    /// A periodic Hann window.
    static func hann(_ length: Int) -> [Float] {
        (0..<length).map { Float(0.5 - 0.5 * cos(2 * Double.pi * Double($0) / Double(length))) }
    }
}
