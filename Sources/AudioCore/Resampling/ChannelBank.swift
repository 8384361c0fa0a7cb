/// One filter for each channel of interleaved sound.
final class ChannelBank {
    private let filters: [ChannelFilter]
    private let ratio: RateRatio
    private var planes: [[Float]]
    private var frames = 0

    /// Prepares the filters of a mode for a ratio.
    init(_ ratio: RateRatio, channels: Int, mode: Resampler.Mode, kernels: Kernels) {
        self.ratio = ratio
        filters = (0..<channels).map { _ in ChannelFilter.make(ratio, mode: mode, kernels: kernels) }
        planes = Array(repeating: [], count: channels)
    }

    /// Input frames that must follow a moment before its output can be given, at most.
    var lookAhead: Int { filters[0].lookAhead }

    func convert(_ samples: Span<Float>, appendingTo output: inout [Float]) {
        frames += samples.count / filters.count
        guard filters.count > 1 else { return filters[0].take(samples, appendingTo: &output) }
        var plane: [Float] = []
        for (channel, filter) in filters.enumerated() {
            plane.removeAll(keepingCapacity: true)
            plane.append(addingCapacity: samples.count / filters.count) { free in
                for index in stride(from: channel, to: samples.count, by: filters.count) { free.append(samples[index]) }
            }
            filter.take(plane.span, appendingTo: &planes[channel])
        }
        interleave(appendingTo: &output)
    }

    /// Ends the stream: as many output frames in all as the input lasts, rounded up.
    func finish(appendingTo output: inout [Float]) {
        let total = ratio.outputCount(for: frames)
        guard filters.count > 1 else { return filters[0].finish(total: total, appendingTo: &output) }
        for (channel, filter) in filters.enumerated() { filter.finish(total: total, appendingTo: &planes[channel]) }
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

/// A filter of one channel: takes samples and gives those that are ready.
protocol FilterStage: ~Copyable {
    /// Input samples that must follow a moment before its output can be given, at most.
    var lookAhead: Int { get }
    mutating func push(_ samples: Span<Float>, appendingTo output: inout [Float])
}

extension OverlapSaveStage: FilterStage {}
extension PolyphaseStage: FilterStage {}

/// A filter behind a reference, so that a bank can keep several in an array.
private class ChannelFilter {
    private var given = 0

    static func make(_ ratio: RateRatio, mode: Resampler.Mode, kernels: Kernels) -> ChannelFilter {
        switch mode {
        case .throughput:
            let filter = FilterCache.overlapSave(ratio, kernels: kernels)
            return StageFilter(OverlapSaveStage(filter, kernels: kernels))
        case .lowLatency:
            return StageFilter(PolyphaseStage(FilterCache.polyphase(ratio, kernels: kernels), kernels: kernels))
        }
    }

    var lookAhead: Int { preconditionFailure("every filter is a StageFilter") }

    fileprivate func push(_ samples: Span<Float>, appendingTo output: inout [Float]) {
        preconditionFailure("every filter is a StageFilter")
    }

    func take(_ samples: Span<Float>, appendingTo output: inout [Float]) {
        let before = output.count
        push(samples, appendingTo: &output)
        given += output.count - before
    }

    /// Pushes silence until all that belongs to real input has come out, and drops what comes after that.
    func finish(total: Int, appendingTo output: inout [Float]) {
        // In pieces of what the last output waits for: more would be filtered for nothing.
        let silence = [Float](repeating: 0, count: min(lookAhead, 4_096))
        while given < total { take(silence.span, appendingTo: &output) }
        output.removeLast(given - total)
        given = total
    }
}

private final class StageFilter<Stage: FilterStage & ~Copyable>: ChannelFilter {
    private var stage: Stage

    init(_ stage: consuming Stage) { self.stage = stage }

    override var lookAhead: Int { stage.lookAhead }

    override func push(_ samples: Span<Float>, appendingTo output: inout [Float]) {
        stage.push(samples, appendingTo: &output)
    }
}
