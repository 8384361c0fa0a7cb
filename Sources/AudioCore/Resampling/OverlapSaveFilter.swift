internal import CAudioKernels

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// The sharp filter of one ratio as a spectrum, with its transforms; made once and shared.
///
/// A block of input is transformed, weighted bin by bin, and transformed back at another size: the ratio of the sizes
/// is the ratio of the rates.
@safe
final class OverlapSaveFilter: Sendable {
    let ratio: RateRatio
    let forward: Transform
    let inverse: Transform
    /// Input samples before a block's first that its output looks back to; a multiple of `ratio.down`.
    let lead: Int
    /// Input samples after a block's last that its output looks ahead to.
    let trail: Int
    /// Input samples that one block moves on.
    let hop: Int
    /// How many bins carry over from one transform to the other, on each side of zero.
    let bins: Int
    /// The weights of the bins from zero up, then those of the bins from −`bins` up to zero.
    private let spectrum: SharedFloats

    init(ratio: RateRatio, kernels: Kernels) {
        let half = PrototypeFilter.samples(density: ratio.density)
        let reach = (half.count - 1) / ratio.up
        let sizes = TransformSizes(best: ratio, reach: reach, kernels: kernels)
        self.ratio = ratio
        forward = Transform(sizes.forward, lanes: kernels.fftLanes)
        inverse = Transform(sizes.inverse, lanes: kernels.fftLanes)
        lead = TransformSizes.lead(of: ratio, reach: reach)
        trail = reach
        hop = sizes.hop
        bins = min(forward.size, inverse.size) / 2
        let taps = (0...reach).map { half[$0 * ratio.up] * Double(ratio.up) }
        spectrum = SharedFloats(Self.spectrum(of: taps, size: forward.size, bins: bins))
    }

    /// The weights of bins 0 ..< bins.
    var rising: UnsafePointer<Float> { unsafe spectrum.base }
    /// The weights of bins −bins ..< 0.
    var falling: UnsafePointer<Float> { unsafe spectrum.base + bins }

    /// The transform of a symmetric filter, scaled for transforms that do not scale themselves.
    private static func spectrum(of taps: [Double], size: Int, bins: Int) -> [Float] {
        let cosines = (0..<size).map { cos(2 * Double.pi * Double($0) / Double(size)) }
        let rising = (0..<bins).map { bin in
            var sum = taps[0]
            for tap in 1..<taps.count { sum += 2 * taps[tap] * cosines[bin * tap % size] }
            return Float(sum / Double(size))
        }
        return rising + [0] + rising.dropFirst().reversed()
    }
}

/// A Fourier transform of one size, with its twiddle factors.
@safe
struct Transform: Sendable {
    let size: Int
    /// Floats of scratch that it needs.
    let scratchCount: Int
    private let function: oriole_fft_transform
    private let twiddles: SharedFloats

    init(_ fft: oriole_fft, lanes: Int) {
        size = Int(fft.size)
        scratchCount = Int(fft.work_floats)
        unsafe function = fft.transform
        twiddles = unsafe SharedFloats(count: scratchCount) { base in
            unsafe withUnsafePointer(to: fft) { unsafe oriole_fft_fill_twiddles($0, CInt(lanes), base) }
        }
    }

    /// Transforms complex numbers given as two arrays.
    func callAsFunction(
        _ re: UnsafePointer<Float>, _ im: UnsafePointer<Float>, to outRe: UnsafeMutablePointer<Float>,
        _ outIm: UnsafeMutablePointer<Float>, scratch: UnsafeMutablePointer<Float>
    ) {
        unsafe function(re, im, outRe, outIm, twiddles.base, scratch)
    }
}

/// Which transforms serve a ratio best: the least arithmetic for a sample.
struct TransformSizes {
    let forward: oriole_fft
    let inverse: oriole_fft
    let hop: Int

    init(best ratio: RateRatio, reach: Int, kernels: Kernels) {
        let all = kernels.ffts
        var best: (cost: Double, sizes: TransformSizes)?
        for forward in all {
            guard let inverse = all.first(where: { Int($0.size) * ratio.down == Int(forward.size) * ratio.up }) else {
                continue
            }
            let room = Int(forward.size) - Self.lead(of: ratio, reach: reach) - reach
            let hop = room / ratio.down * ratio.down
            guard hop > 0 else { continue }
            let cost = (Self.work(forward) + Self.work(inverse)) / Double(hop)
            if cost < best?.cost ?? .infinity {
                best = (cost, TransformSizes(forward: forward, inverse: inverse, hop: hop))
            }
        }
        guard let best else { preconditionFailure("no transforms for \(ratio.up):\(ratio.down)") }
        self = best.sizes
    }

    private init(forward: oriole_fft, inverse: oriole_fft, hop: Int) {
        self.forward = forward
        self.inverse = inverse
        self.hop = hop
    }

    /// The reach of the filter backwards, rounded up so that it is a whole number of output samples.
    static func lead(of ratio: RateRatio, reach: Int) -> Int {
        (reach + ratio.down - 1) / ratio.down * ratio.down
    }

    /// Operations, of which transforms with factors of seven do a third less in a second.
    private static func work(_ fft: oriole_fft) -> Double {
        let size = Double(fft.size)
        return size * log2(size) * (fft.size.isMultiple(of: 7) ? 1.35 : 1)
    }
}
