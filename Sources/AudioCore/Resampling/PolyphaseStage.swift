internal import CAudioKernels

/// Direct polyphase filtering of one channel: every output comes as soon as its last input is there.
struct PolyphaseStage: ~Copyable {
    private let filter: PolyphaseFilter
    private let kernels: Kernels
    private var input: InputWindow
    /// Outputs of the cycle at the front of the window that have been given already.
    private var given = 0
    private let batch: AlignedFloats

    private static let cyclesPerBatch = 64

    init(_ filter: PolyphaseFilter, kernels: Kernels) {
        self.filter = filter
        batch = AlignedFloats(count: filter.lanes * Self.cyclesPerBatch)
        self.kernels = kernels
        input = InputWindow(reach: filter.reach, history: filter.tapCount / 2 - 1)
    }

    var lookAhead: Int { filter.tapCount / 2 }

    /// Filters samples and appends every output that they complete.
    mutating func push(_ samples: Span<Float>, appendingTo output: inout [Float]) {
        var rest = samples
        while !rest.isEmpty {
            rest = rest.extracting(droppingFirst: input.take(rest))
            giveRestOfCycle(appendingTo: &output)
            giveWholeCycles(appendingTo: &output)
            giveRestOfCycle(appendingTo: &output)
        }
    }

    /// Gives all whole cycles, several at a time, when none has been begun.
    private mutating func giveWholeCycles(appendingTo output: inout [Float]) {
        guard given == 0, input.available >= filter.reach else { return }
        let cycles = (input.available - filter.reach) / filter.cycle.inputs + 1
        let length = filter.cycle.outputs
        output.append(addingCapacity: cycles * length) { free in
            unsafe free.withUnsafeMutableBufferPointer { target, initialized in
                guard let target = target.baseAddress else { return }
                for (index, group) in filter.groups.enumerated() {
                    let start = unsafe target + index * filter.lanes
                    unsafe give(group, cycles: cycles, at: start)
                }
                initialized = cycles * length
            }
        }
        input.drop(cycles * filter.cycle.inputs)
    }

    /// Writes one group of every cycle; a group that does not fill the lanes goes through the batch, so that it cannot write
    /// into its neighbour.
    private func give(_ group: PolyphaseFilter.Group, cycles: Int, at target: UnsafeMutablePointer<Float>) {
        let lanes = filter.lanes
        let outputs = filter.cycle.outputs
        let taps = unsafe filter.taps(of: group)
        let first = unsafe input.front + group.firstInput
        if group.outputs == lanes {
            unsafe kernels.table.polyphase(
                taps, group.rows, first, filter.cycle.inputs, target, outputs, cycles)
            return
        }
        for begin in stride(from: 0, to: cycles, by: Self.cyclesPerBatch) {
            let count = min(Self.cyclesPerBatch, cycles - begin)
            unsafe kernels.table.polyphase(
                taps, group.rows, first + begin * filter.cycle.inputs, filter.cycle.inputs, batch.base, lanes, count)
            for cycle in 0..<count {
                unsafe (target + (begin + cycle) * outputs).update(
                    from: batch.base + cycle * lanes, count: group.outputs)
            }
        }
    }

    /// Gives those outputs of the cycle at the front that are complete, whatever their number.
    ///
    /// A group that is complete in part is computed whole, and what is not given now is computed again later. The rows
    /// of the matrix that a complete output does not use are zero, so what lies beyond the input does not matter.
    private mutating func giveRestOfCycle(appendingTo output: inout [Float]) {
        let ready = readyOutputs()
        guard ready > given else { return }
        let lanes = filter.lanes
        for index in given / lanes...(ready - 1) / lanes {
            let group = filter.groups[index]
            unsafe kernels.table.polyphase(
                filter.taps(of: group), group.rows, input.front + group.firstInput, 0, batch.base, 0, 1)
            let wanted = max(given - index * lanes, 0)..<min(ready - index * lanes, lanes)
            for lane in wanted { unsafe output.append(batch.base[lane]) }
        }
        given = ready
        if given == filter.cycle.outputs {
            given = 0
            input.drop(filter.cycle.inputs)
        }
    }

    /// How many outputs of a cycle begun, or of one that cannot be given whole, have all their input.
    private func readyOutputs() -> Int {
        guard given > 0 || input.available < filter.reach else { return 0 }
        let beyond = input.available - filter.tapCount
        guard beyond >= 0 else { return given }
        // Output k ends at k·down/up (rounded down) + taps: the last k for which that is at most what is there.
        let last = ((beyond + 1) * filter.ratio.up - 1) / filter.ratio.down
        return min(max(last + 1, given), filter.cycle.outputs)
    }
}
