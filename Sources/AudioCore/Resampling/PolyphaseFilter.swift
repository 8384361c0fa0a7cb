/// The taps of a direct polyphase filter, laid out for the matrix kernel; made once and shared.
///
/// Outputs come in cycles: after `cycle.outputs` of them, which use `cycle.inputs` new samples, all begins again. Every
/// `lanes` outputs of a cycle are a group whose taps form one matrix, a column for each output.
@safe
final class PolyphaseFilter: Sendable {
    /// As many outputs as there are lanes, or fewer at the end of a cycle.
    struct Group {
        /// Where in the cycle's input the rows begin.
        let firstInput: Int
        /// How many input samples the group looks at.
        let rows: Int
        /// Where in `taps` its matrix begins.
        let offset: Int
        /// How many of the lanes hold an output.
        let outputs: Int
    }

    let ratio: RateRatio
    /// Input samples that one output looks at.
    let tapCount: Int
    let groups: [Group]
    let cycle: (outputs: Int, inputs: Int)
    /// Input samples that a whole cycle looks at, from its first on.
    let reach: Int
    private let table: SharedFloats

    /// How many outputs the kernel works side by side.
    let lanes: Int

    /// Samples the prototype filter for a ratio.
    init(ratio: RateRatio, lanes: Int) {
        let half = PrototypeFilter.samples(density: ratio.density)
        let halfWidth = (half.count - 1 + ratio.up - 1) / ratio.up
        self.ratio = ratio
        self.lanes = lanes
        tapCount = 2 * halfWidth
        cycle = Self.cycle(of: ratio, lanes: lanes)
        groups = Self.groups(of: ratio, cycle: cycle.outputs, tapCount: tapCount, lanes: lanes)
        reach = groups.map { $0.firstInput + $0.rows }.max() ?? 0
        table = Self.table(of: groups, ratio: ratio, halfWidth: halfWidth, half: half, lanes: lanes)
    }

    /// The matrix of a group.
    func taps(of group: Group) -> UnsafePointer<Float> { unsafe table.base + group.offset }
}

extension PolyphaseFilter {
    /// Whole groups when a cycle of them stays small, else the shortest cycle there is.
    private static func cycle(of ratio: RateRatio, lanes: Int) -> (outputs: Int, inputs: Int) {
        let whole = ratio.up / greatestCommonDivisor(ratio.up, lanes) * lanes
        let outputs = whole <= 256 ? whole : ratio.up
        return (outputs, outputs / ratio.up * ratio.down)
    }

    private static func groups(of ratio: RateRatio, cycle: Int, tapCount: Int, lanes: Int) -> [Group] {
        var offset = 0
        return stride(from: 0, to: cycle, by: lanes).map { first in
            let outputs = min(lanes, cycle - first)
            let firstInput = first * ratio.down / ratio.up
            let lastInput = (first + outputs - 1) * ratio.down / ratio.up
            // The kernel takes rows in pairs.
            let rows = (tapCount + lastInput - firstInput + 1) & ~1
            let group = Group(firstInput: firstInput, rows: rows, offset: offset, outputs: outputs)
            offset += group.rows * lanes
            return group
        }
    }

    private static func table(
        of groups: [Group], ratio: RateRatio, halfWidth: Int, half: [Double], lanes: Int
    ) -> SharedFloats {
        let phases = (0..<ratio.up).map { phase in
            (0..<2 * halfWidth).map { tap in
                let place = abs((tap - (halfWidth - 1)) * ratio.up - phase)
                return place < half.count ? Float(half[place] * Double(ratio.up)) : 0
            }
        }
        let size = (groups.last.map { $0.offset + $0.rows * lanes }) ?? 0
        return unsafe SharedFloats(count: size) { base in
            for (index, group) in groups.enumerated() {
                for lane in 0..<group.outputs {
                    let place = (index * lanes + lane) * ratio.down
                    let shift = place / ratio.up - group.firstInput
                    for (tap, value) in phases[place % ratio.up].enumerated() {
                        unsafe base[group.offset + (shift + tap) * lanes + lane] = value
                    }
                }
            }
        }
    }
}
