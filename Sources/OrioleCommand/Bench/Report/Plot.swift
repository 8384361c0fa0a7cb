/// A picture with two axes, as SVG that takes its colours from the page.
struct Plot {
    private let title: String
    private let x: Axis
    private let y: Axis
    private var marks: [String] = []
    private var legend: [(name: String, series: Int)] = []

    /// One axis: what it tells, and from where to where.
    struct Axis {
        let name: String
        let range: ClosedRange<Double>

        /// From nothing to a little more than the greatest number.
        init(_ name: String, upTo greatest: Double) {
            self.name = name
            range = 0...max(greatest * 1.05, 1e-9)
        }

        /// Round numbers, about five of them.
        var ticks: [Double] {
            let rough = (range.upperBound - range.lowerBound) / 5
            let power = Self.power(of: rough)
            let step = [1.0, 2, 5, 10].map { $0 * power }.first { $0 >= rough } ?? 10 * power
            let first = (range.lowerBound / step).rounded(.up)
            return (0...12).map { (first + Double($0)) * step }.filter { range.contains($0) }
        }

        private static func power(of number: Double) -> Double {
            var power = 1.0
            while power * 10 <= number { power *= 10 }
            while power > number { power /= 10 }
            return power
        }
    }

    private static let (width, height) = (520.0, 300.0)
    private static let (left, right, top, bottom) = (56.0, 12.0, 12.0, 44.0)
    /// Colours of series, which the page has by number.
    static let seriesCount = 6

    init(_ title: String, x: Axis, y: Axis) { (self.title, self.x, self.y) = (title, x, y) }

    /// Draws a line through points.
    mutating func add(line points: [(Double, Double)], series: Int, name: String? = nil, style: String = "") {
        guard !points.isEmpty else { return }
        let path = points.map { "\(Self.round(place($0.0))),\(Self.round(level($0.1)))" }.joined(separator: " ")
        marks.append("<polyline class=\"line s\(series % Self.seriesCount) \(style)\" points=\"\(path)\"/>")
        note(name, series)
    }

    /// Draws boxes that stand on the axis.
    mutating func add(boxes: [(from: Double, to: Double, height: Double)], series: Int, name: String? = nil) {
        for box in boxes where box.height > 0 {
            let (left, right, top) = (place(box.from), place(box.to), level(box.height))
            let width = max(right - left - 1, 1)
            marks.append(
                "<rect class=\"box s\(series % Self.seriesCount)\" x=\"\(Self.round(left))\" y=\"\(Self.round(top))\" "
                    + "width=\"\(Self.round(width))\" height=\"\(Self.round(level(0) - top))\"/>")
        }
        note(name, series)
    }

    private mutating func note(_ name: String?, _ series: Int) {
        if let name, !legend.contains(where: { $0.name == name }) { legend.append((name, series)) }
    }

    /// The picture, with its legend below it.
    var html: String {
        var text = "<figure><figcaption>\(Markup.escaped(title))</figcaption>"
        text += "<svg viewBox=\"0 0 \(Int(Self.width)) \(Int(Self.height))\" role=\"img\" "
        text += "aria-label=\"\(Markup.escaped(title))\">"
        text += grid + marks.joined()
        text += "</svg>"
        if !legend.isEmpty {
            let names = legend.map {
                "<li><span class=\"key s\($0.series % Self.seriesCount)\"></span>\(Markup.escaped($0.name))</li>"
            }
            text += "<ul class=\"legend\">\(names.joined())</ul>"
        }
        return text + "</figure>"
    }

    private var grid: String {
        let (bottom, right) = (Self.height - Self.bottom, Self.width - Self.right)
        var text = ""
        for tick in x.ticks {
            let x = Self.round(place(tick))
            text += "<line class=\"grid\" x1=\"\(x)\" x2=\"\(x)\" y1=\"\(Self.top)\" y2=\"\(bottom)\"/>"
            text += "<text x=\"\(x)\" y=\"\(bottom + 16)\" text-anchor=\"middle\">\(Shown.short(tick))</text>"
        }
        for tick in y.ticks {
            let y = Self.round(level(tick))
            text += "<line class=\"grid\" x1=\"\(Self.left)\" x2=\"\(right)\" y1=\"\(y)\" y2=\"\(y)\"/>"
            text += "<text x=\"\(Self.left - 6)\" y=\"\(y + 4)\" text-anchor=\"end\">\(Shown.short(tick))</text>"
        }
        let middle = (Self.left + right) / 2
        text += "<text class=\"axis\" x=\"\(middle)\" y=\"\(Self.height - 8)\" text-anchor=\"middle\">"
        text += Markup.escaped(x.name) + "</text>"
        let height = (Self.top + bottom) / 2
        text += "<text class=\"axis\" transform=\"translate(14 \(height)) rotate(-90)\" text-anchor=\"middle\">"
        return text + Markup.escaped(y.name) + "</text>"
    }

    private func place(_ value: Double) -> Double {
        let share = (value - x.range.lowerBound) / (x.range.upperBound - x.range.lowerBound)
        return Self.left + min(max(share, 0), 1) * (Self.width - Self.left - Self.right)
    }

    private func level(_ value: Double) -> Double {
        let share = (value - y.range.lowerBound) / (y.range.upperBound - y.range.lowerBound)
        return Self.height - Self.bottom - min(max(share, 0), 1) * (Self.height - Self.top - Self.bottom)
    }

    private static func round(_ value: Double) -> Double { (value * 10).rounded() / 10 }
}
