internal import AudioCore

/// A picture of a recording: its sound, how likely it is speech, and the clips that it would be cut into.
///
/// Of a recording of any length a few thousand places are kept: what was gathered is gathered again, two and two, when there
/// are too many.
struct SpeechPlot {
    private let title: String
    private var peaks = Envelope()
    private var probabilities = Envelope()
    private var rest: [Float] = []

    init(title: String) { self.title = title }

    /// Adds samples at a detector's rate.
    mutating func add(_ samples: [Float]) {
        rest += samples
        var begin = 0
        while begin + VoiceFrame.hop <= rest.count {
            peaks.add(rest[begin..<begin + VoiceFrame.hop].reduce(0) { max($0, abs($1)) })
            begin += VoiceFrame.hop
        }
        rest.removeFirst(begin)
    }

    /// Adds what a detector says.
    mutating func add(_ frames: [VoiceFrame]) { for frame in frames { probabilities.add(frame.probability) } }

    /// The picture.
    func svg(_ sections: [SpeechSection]) -> String { Drawing(title, peaks, probabilities, sections).svg }

    /// The greatest of so many frames each.
    struct Envelope {
        private(set) var values: [Float] = []
        /// Frames behind each value.
        private(set) var width = 1
        private var open: Float = 0
        private var openCount = 0
        private static let most = 24_000

        mutating func add(_ value: Float) {
            open = max(open, value)
            openCount += 1
            guard openCount == width else { return }
            values.append(open)
            (open, openCount) = (0, 0)
            guard values.count == Self.most else { return }
            values = stride(from: 0, to: values.count, by: 2).map { max(values[$0], values[$0 + 1]) }
            width *= 2
        }

        /// The greatest value between two frames.
        func greatest(from start: Double, to end: Double) -> Float {
            let first = min(Int(start) / width, values.count)
            let last = min(max(Int(end) / width, first + 1), values.count)
            return values[first..<last].max() ?? 0
        }

        var frameCount: Int { values.count * width + openCount }
    }
}

/// The lines and boxes of a picture: rows of the same length below each other.
private struct Drawing {
    private let title: String
    private let peaks: SpeechPlot.Envelope
    private let probabilities: SpeechPlot.Envelope
    private let sections: [SpeechSection]
    private let seconds: Double
    private let rowSeconds: Double
    private let loudest: Float

    private static let (width, margin, rowHeight, head) = (1_120.0, 40.0, 132.0, 64.0)
    private static let (waveTop, waveHeight) = (30.0, 64.0)
    private static let (speechColour, otherColour, curveColour) = ("#2f6fb2", "#b9c3cd", "#d9822b")
    private static let (clipFill, doubtfulFill, clipEdge, faint) = ("#e3edf7", "#f6efe3", "#9dbbd8", "#5b6b7b")

    init(
        _ title: String, _ peaks: SpeechPlot.Envelope, _ probabilities: SpeechPlot.Envelope,
        _ sections: [SpeechSection]
    ) {
        self.title = title
        self.peaks = peaks
        self.probabilities = probabilities
        self.sections = sections
        seconds = max(Double(peaks.frameCount) / Double(VoiceFrame.perSecond), 0.1)
        loudest = max(peaks.values.max() ?? 0, 1e-3)
        // A minute and a half fills a row; an hour has no more than a dozen.
        rowSeconds = seconds <= 90 ? seconds : max(60, (seconds / 12 / 60).rounded(.up) * 60)
    }

    private var rowCount: Int { max(1, Int((seconds / rowSeconds).rounded(.up))) }

    var svg: String {
        let height = Self.head + Double(rowCount) * Self.rowHeight + 8
        let rows = (0..<rowCount).map(row).joined(separator: "\n")
        let total = sections.flatMap(\.speech).reduce(0) { $0 + $1.end.seconds - $1.start.seconds }
        let words = "\(clock(total)) of \(clock(seconds)) is speech, in \(counted(sections.count, "clip"))"
        return """
            <svg xmlns="http://www.w3.org/2000/svg" width="\(number(Self.width + 2 * Self.margin))" \
            height="\(number(height))" font-family="system-ui, 'Noto Sans', 'Noto Sans CJK SC', sans-serif" font-size="12">
            <rect width="100%" height="100%" fill="#ffffff"/>
            <text x="\(number(Self.margin))" y="28" font-size="17" font-weight="600" fill="#1c2733">\(Markup.escaped(title))</text>
            <text x="\(number(Self.margin))" y="48" fill="\(Self.faint)">\(words)</text>
            \(legend)
            \(rows)
            </svg>

            """
    }

    /// What the colours mean, up to the right edge.
    private var legend: String {
        var entries = [
            (Self.speechColour, Self.speechColour, "speech"), (Self.otherColour, Self.otherColour, "other sound"),
            (Self.curveColour, Self.curveColour, "how likely it is speech"), (Self.clipFill, Self.clipEdge, "clip"),
        ]
        if sections.contains(where: \.isDoubtful) {
            entries.append((Self.doubtfulFill, Self.clipEdge, "doubtful clip"))
        }
        let lengths = entries.map { 33 + 6 * Double($0.2.count) }
        var x = Self.margin + Self.width - lengths.reduce(0, +)
        return zip(entries, lengths).map { entry, length in
            defer { x += length }
            return """
                <rect x="\(number(x))" y="38" width="10" height="10" rx="2" fill="\(entry.0)" stroke="\(entry.1)"/>\
                <text x="\(number(x + 15))" y="48" fill="\(Self.faint)">\(entry.2)</text>
                """
        }.joined(separator: "\n")
    }

    private func row(_ index: Int) -> String {
        let start = Double(index) * rowSeconds
        let end = min(start + rowSeconds, seconds)
        let top = Self.head + Double(index) * Self.rowHeight
        let boxes = sections.enumerated().compactMap { box($0.element, $0.offset + 1, from: start, to: end) }
        let speech = sections.flatMap(\.speech)
        return """
            <g transform="translate(\(number(Self.margin)) \(number(top)))">
            \(boxes.joined(separator: "\n"))
            <path d="\(wave(from: start, to: end) { !isSpeech($0, speech) })" stroke="\(Self.otherColour)" stroke-width="1" fill="none"/>
            <path d="\(wave(from: start, to: end) { isSpeech($0, speech) })" stroke="\(Self.speechColour)" stroke-width="1" fill="none"/>
            <path d="\(curve(from: start, to: end))" stroke="\(Self.curveColour)" stroke-width="1.2" fill="none" stroke-linejoin="round"/>
            \(axis(from: start, to: end))
            </g>
            """
    }

    private func x(_ time: Double, from start: Double) -> Double { (time - start) / rowSeconds * Self.width }

    private func box(_ section: SpeechSection, _ name: Int, from start: Double, to end: Double) -> String? {
        let (first, last) = (max(section.start.seconds, start), min(section.end.seconds, end))
        guard first < last else { return nil }
        let (left, right) = (x(first, from: start), x(last, from: start))
        let fill = section.isDoubtful ? Self.doubtfulFill : Self.clipFill
        let label = first == section.start.seconds ? "\(name)" : ""
        // The number of a clip that ends the row stays within it.
        let place = min(left + 5, Self.width - 7 * Double(label.count))
        return """
            <rect x="\(number(left))" y="4" width="\(number(max(right - left, 1)))" height="\(number(Self.waveTop + Self.waveHeight))" \
            rx="4" fill="\(fill)" stroke="\(Self.clipEdge)" stroke-width="0.8"/>\
            <text x="\(number(place))" y="18" font-size="10" fill="#4d7296">\(label)</text>
            """
    }

    /// A stroke for each pixel whose time is wanted.
    private func wave(from start: Double, to end: Double, _ isWanted: (Double) -> Bool) -> String {
        let middle = Self.waveTop + Self.waveHeight / 2
        var path = ""
        for pixel in 0..<Int(x(end, from: start).rounded(.up)) {
            let time = start + (Double(pixel) + 0.5) / Self.width * rowSeconds
            guard isWanted(time) else { continue }
            let frame = start * 100 + Double(pixel) / Self.width * rowSeconds * 100
            let peak = peaks.greatest(from: frame, to: frame + rowSeconds * 100 / Self.width)
            let half = max(0.5, Double((peak / loudest).squareRoot()) * Self.waveHeight / 2)
            path += "M\(pixel).5 \(number(middle - half))V\(number(middle + half))"
        }
        return path
    }

    private func curve(from start: Double, to end: Double) -> String {
        let bottom = Self.waveTop + Self.waveHeight
        let points = stride(from: 0, to: x(end, from: start), by: 2).map { pixel in
            let frame = start * 100 + pixel / Self.width * rowSeconds * 100
            let value = probabilities.greatest(from: frame, to: frame + rowSeconds * 200 / Self.width)
            return "\(number(pixel)) \(number(bottom - Double(value) * Self.waveHeight))"
        }
        return "M" + points.joined(separator: "L")
    }

    private func axis(from start: Double, to end: Double) -> String {
        let step = [1.0, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1_800].first { rowSeconds / $0 <= 16 } ?? 3_600
        let bottom = Self.waveTop + Self.waveHeight + 4
        let ticks = stride(from: (start / step).rounded(.up) * step, through: end, by: step).map { time in
            let place = number(x(time, from: start))
            return """
                <path d="M\(place) \(number(bottom))v4" stroke="#8b99a6"/>\
                <text x="\(place)" y="\(number(bottom + 16))" text-anchor="middle" font-size="10" fill="\(Self.faint)">\(clock(time))</text>
                """
        }
        return ticks.joined(separator: "\n")
    }

    private func isSpeech(_ time: Double, _ speech: [SpeechSection.Stretch]) -> Bool {
        // The first stretch that ends later is the only one that may hold the time.
        var (low, high) = (0, speech.count)
        while low < high {
            let middle = (low + high) / 2
            if speech[middle].end.seconds <= time { low = middle + 1 } else { high = middle }
        }
        return low < speech.count && speech[low].start.seconds <= time
    }

    private func clock(_ seconds: Double) -> String {
        let whole = Int(seconds.rounded())
        let rest = whole % 60 < 10 ? "0\(whole % 60)" : "\(whole % 60)"
        let minutes = whole / 60 % 60
        return whole < 3_600
            ? "\(whole / 60):\(rest)" : "\(whole / 3_600):\(minutes < 10 ? "0" : "")\(minutes):\(rest)"
    }

    private func number(_ value: Double) -> String {
        let rounded = (value * 10).rounded() / 10
        return rounded == rounded.rounded() ? "\(Int(rounded))" : "\(rounded)"
    }
}
