/// One chain of filters for each channel of interleaved sound.
final class ChannelBank {
    private let chains: [FilterChain]
    private let ratio: ResamplingPlan.Ratio
    private let kernels: Kernels
    private var planes: [[Float]]
    private var frames = 0

    init(_ plan: ResamplingPlan, from input: Int, to output: Int, channels: Int, kernels: Kernels) {
        ratio = ResamplingPlan.Ratio(from: input, to: output)
        self.kernels = kernels
        chains = (0..<channels).map { _ in FilterChain(plan, kernels: kernels) }
        planes = Array(repeating: [], count: channels)
    }

    func convert(_ samples: Span<Float>, appendingTo output: inout [Float]) {
        frames += samples.count / chains.count
        guard chains.count > 1 else { return chains[0].push(samples, appendingTo: &output) }
        var plane: [Float] = []
        for (channel, chain) in chains.enumerated() {
            plane.removeAll(keepingCapacity: true)
            plane.append(addingCapacity: samples.count / chains.count) { free in
                for index in stride(from: channel, to: samples.count, by: chains.count) { free.append(samples[index]) }
            }
            chain.push(plane.span, appendingTo: &planes[channel])
        }
        interleave(appendingTo: &output)
    }

    /// Ends the stream: as many output frames in all as the input lasts, rounded up.
    func finish(appendingTo output: inout [Float]) {
        let total = (frames * ratio.up + ratio.down - 1) / ratio.down
        guard chains.count > 1 else { return chains[0].finish(total: total, appendingTo: &output) }
        for (channel, chain) in chains.enumerated() { chain.finish(total: total, appendingTo: &planes[channel]) }
        interleave(appendingTo: &output)
    }

    private func interleave(appendingTo output: inout [Float]) {
        let frames = planes[0].count
        output.append(addingCapacity: frames * planes.count) { free in
            for frame in 0..<frames {
                for plane in planes { free.append(plane[frame]) }
            }
        }
        for channel in planes.indices { planes[channel].removeAll(keepingCapacity: true) }
    }
}

/// The filters that one channel passes, one after the other.
final class FilterChain {
    private let links: [Link]
    private var between: [Float] = []
    private var given = 0

    init(_ plan: ResamplingPlan, kernels: Kernels) { links = plan.stages.map { Link.make($0, kernels: kernels) } }

    func push(_ samples: Span<Float>, appendingTo output: inout [Float]) {
        let before = output.count
        if links.count == 1 {
            links[0].push(samples, appendingTo: &output)
        } else {
            pushThroughBoth(samples, appendingTo: &output)
        }
        given += output.count - before
    }

    /// Goes in pieces, so that what passes from one filter to the other stays in the cache.
    private func pushThroughBoth(_ samples: Span<Float>, appendingTo output: inout [Float]) {
        var rest = samples
        while !rest.isEmpty {
            between.removeAll(keepingCapacity: true)
            links[0].push(rest.extracting(first: min(rest.count, 4_096)), appendingTo: &between)
            links[1].push(between.span, appendingTo: &output)
            rest = rest.extracting(droppingFirst: min(rest.count, 4_096))
        }
    }

    /// Pushes silence until all that belongs to real input has come out, and drops what comes after that.
    func finish(total: Int, appendingTo output: inout [Float]) {
        let silence = [Float](repeating: 0, count: 4_096)
        while given < total { push(silence.span, appendingTo: &output) }
        output.removeLast(given - total)
        given = total
    }
}

/// One filter of a chain: takes samples of one channel and gives those that are ready.
private protocol FilterStage: ~Copyable {
    mutating func push(_ samples: Span<Float>, appendingTo output: inout [Float])
}

extension OverlapSaveStage: FilterStage {}
extension PolyphaseStage: FilterStage {}

/// A filter behind a reference, so that chains can keep theirs in an array.
private class Link {
    func push(_ samples: Span<Float>, appendingTo output: inout [Float]) {}

    static func make(_ stage: ResamplingPlan.Stage, kernels: Kernels) -> Link {
        switch stage {
        case .sharp(let input, let output):
            let filter = FilterCache.sharp(from: input, to: output, kernels: kernels)
            return StageLink(OverlapSaveStage(filter, kernels: kernels))
        case .direct(let input, let output):
            return StageLink(PolyphaseStage(FilterCache.direct(from: input, to: output), kernels: kernels))
        case .short(let input, let output, let band):
            let filter = FilterCache.short(from: input, to: output, band: band)
            return StageLink(PolyphaseStage(filter, kernels: kernels))
        }
    }
}

private final class StageLink<Stage: FilterStage & ~Copyable>: Link {
    private var stage: Stage

    init(_ stage: consuming Stage) { self.stage = stage }

    override func push(_ samples: Span<Float>, appendingTo output: inout [Float]) {
        stage.push(samples, appendingTo: &output)
    }
}
