internal import Synchronization

/// The filters of the process: each is made when it is first needed and kept.
enum FilterCache {
    private struct Key: Hashable {
        let stage: ResamplingPlan.Stage
        let level: SIMDLevel
    }

    private static let overlapSave = Mutex<[Key: OverlapSaveFilter]>([:])
    private static let polyphase = Mutex<[ResamplingPlan.Stage: PolyphaseFilter]>([:])

    /// The sharp filter by transforms, whose layout depends on the kernels.
    static func sharp(from input: Int, to output: Int, kernels: Kernels) -> OverlapSaveFilter {
        let key = Key(stage: .sharp(input: input, output: output), level: kernels.level)
        return overlapSave.withLock { cache in
            if let filter = cache[key] { return filter }
            let filter = OverlapSaveFilter(ratio: .init(from: input, to: output), kernels: kernels)
            cache[key] = filter
            return filter
        }
    }

    /// The sharp filter as a direct one.
    static func direct(from input: Int, to output: Int) -> PolyphaseFilter {
        cached(.direct(input: input, output: output)) {
            let ratio = ResamplingPlan.Ratio(from: input, to: output)
            let half = PrototypeFilter.samples(density: max(ratio.up, ratio.down))
            let halfWidth = (half.count - 1 + ratio.up - 1) / ratio.up
            return PolyphaseFilter(ratio: ratio, halfWidth: halfWidth) { numerator in
                abs(numerator) < half.count ? half[abs(numerator)] * Double(ratio.up) : 0
            }
        }
    }

    /// A short filter for sound that ends at `band` hertz.
    static func short(from input: Int, to output: Int, band: Int) -> PolyphaseFilter {
        cached(.short(input: input, output: output, band: band)) {
            let ratio = ResamplingPlan.Ratio(from: input, to: output)
            // One of the rates is four times the band, so the first image that can fall onto it begins at three times.
            let filter = KaiserFilter(
                pass: Double(band) / Double(input), stop: Double(3 * band) / Double(input), attenuation: 142)
            return PolyphaseFilter(ratio: ratio, halfWidth: filter.halfWidth) { numerator in
                filter.value(at: Double(numerator) / Double(ratio.up))
            }
        }
    }

    private static func cached(_ stage: ResamplingPlan.Stage, _ make: () -> PolyphaseFilter) -> PolyphaseFilter {
        polyphase.withLock { cache in
            if let filter = cache[stage] { return filter }
            let filter = make()
            cache[stage] = filter
            return filter
        }
    }
}
