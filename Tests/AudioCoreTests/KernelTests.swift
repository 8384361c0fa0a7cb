import CAudioKernels
import Foundation
import TestSupport
import Testing

@testable import AudioCore

@Suite(.tags(.quality))
struct KernelTests {
    @Test(arguments: Kernels.available.map(\.level))
    func `every transform is the sum that defines it`(level: SIMDLevel) throws {
        let kernels = try #require(Kernels(level))
        for fft in kernels.ffts {
            let size = Int(fft.size)
            let transform = Transform(fft, lanes: kernels.fftLanes)
            let re = SharedFloats(Signals.noise(frames: size + 8, seed: 1))
            let im = SharedFloats(Signals.noise(frames: size + 8, seed: 2))
            let out = AlignedFloats(count: 2 * size + transform.scratchCount)
            unsafe transform(re.base, im.base, to: out.base, out.base + size, scratch: out.base + 2 * size)
            for bin in stride(from: 0, to: size, by: 37) {
                var sum = (re: 0.0, im: 0.0)
                for index in 0..<size {
                    let turn = -2 * Double.pi * Double(bin * index % size) / Double(size)
                    let value = unsafe (re: Double(re.base[index]), im: Double(im.base[index]))
                    sum.re += value.re * cos(turn) - value.im * sin(turn)
                    sum.im += value.re * sin(turn) + value.im * cos(turn)
                }
                let error = unsafe hypot(Double(out.base[bin]) - sum.re, Double(out.base[size + bin]) - sum.im)
                #expect(error < 1e-4 * Double(size).squareRoot(), "size \(size), bin \(bin)")
            }
        }
    }

    @Test func `all instruction sets agree on resampling to the rounding of floats`() throws {
        let input = Signals.noise(frames: 12_000, seed: 5)
        for mode in Resampler.Mode.allCases {
            for (from, to) in [(24_000, 16_000), (44_100, 16_000), (16_000, 48_000)] {
                let outputs = try Kernels.available.map { kernels in
                    var resampler = try Resampler(from: from, to: to, channels: 1, mode: mode, kernels: kernels)
                    var output: [Float] = []
                    try resampler.convert(input.span, appendingTo: &output)
                    try resampler.finish(appendingTo: &output)
                    return output
                }
                for output in outputs {
                    #expect(output.count == outputs[0].count)
                    #expect(zip(output, outputs[0]).allSatisfy { abs($0 - $1) < 2e-6 })
                }
            }
        }
    }

    @Test func `the best kernels are chosen, unless somebody wants others that are there`() {
        #expect(Kernels.available.first?.level == .plain)
        let best = Kernels.available.last?.level
        #expect(Kernels.Choice(wanted: nil).kernels.level == best)
        for kernels in Kernels.available {
            let choice = Kernels.Choice(wanted: kernels.level.rawValue)
            #expect(choice.kernels.level == kernels.level && choice.complaint == nil)
        }
        let misspelt = Kernels.Choice(wanted: "avx3")
        #expect(misspelt.kernels.level == best && misspelt.complaint?.contains("‘avx3’") == true)
    }
}
