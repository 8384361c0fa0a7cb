internal import Synchronization

/// What a server counts, as Prometheus reads it (text format 0.0.4).
final class Metrics: Sendable {
    private let state = Mutex(State())

    private struct State {
        var requests: [Request: Int] = [:]
        var latencies: [String: Histogram] = [:]
        var received = 0
        var sent = 0
        var heard = Duration.zero
        var spoken = Duration.zero
    }

    private struct Request: Hashable {
        let route: String
        let status: Int
    }

    /// How many requests took no longer than each bound.
    private struct Histogram {
        var counts = [Int](repeating: 0, count: Metrics.bounds.count + 1)
        var sum = 0.0

        mutating func add(_ seconds: Double) {
            counts[Metrics.bounds.firstIndex { seconds <= $0 } ?? Metrics.bounds.count] += 1
            sum += seconds
        }
    }

    /// Seconds, from a list of voices to a film.
    private static let bounds = [0.005, 0.025, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1_800]

    /// Counts a request of a route, or of none.
    func add(_ record: AccessRecord, route: String) {
        state.withLock { state in
            state.requests[Request(route: route, status: record.isComplete ? record.status ?? 499 : 499), default: 0] +=
                1
            state.latencies[route, default: Histogram()].add(record.duration / .seconds(1))
            state.received += record.receivedByteCount
            state.sent += record.sentByteCount
        }
    }

    /// Counts sound that was heard.
    func addHeard(_ duration: Duration) { state.withLock { $0.heard += duration } }

    /// Counts sound that was spoken.
    func addSpoken(_ duration: Duration) { state.withLock { $0.spoken += duration } }

    /// A number that is so at the moment.
    struct Gauge {
        let name: String
        let help: String
        let label: String?
        let value: Int
    }

    /// All of it, with what is so at the moment.
    func text(_ gauges: [Gauge]) -> String {
        let state = state.withLock { $0 }
        var lines = Self.head("oriole_requests_total", "counter", "Requests that are over, by route and status.")
        for (request, count) in state.requests.sorted(by: {
            ($0.key.route, $0.key.status) < ($1.key.route, $1.key.status)
        }) {
            lines.append("oriole_requests_total{route=\"\(request.route)\",status=\"\(request.status)\"} \(count)")
        }
        lines += Self.head("oriole_request_seconds", "histogram", "How long requests took.")
        for (route, histogram) in state.latencies.sorted(by: { $0.key < $1.key }) {
            var total = 0
            for (bound, count) in zip(Self.bounds.map { "\($0)" } + ["+Inf"], histogram.counts) {
                total += count
                lines.append("oriole_request_seconds_bucket{route=\"\(route)\",le=\"\(bound)\"} \(total)")
            }
            lines.append("oriole_request_seconds_sum{route=\"\(route)\"} \(histogram.sum)")
            lines.append("oriole_request_seconds_count{route=\"\(route)\"} \(total)")
        }
        let counters: [(name: String, help: String, value: Double)] = [
            ("oriole_received_bytes_total", "Bytes of bodies that came.", Double(state.received)),
            ("oriole_sent_bytes_total", "Bytes of bodies that went out.", Double(state.sent)),
            ("oriole_heard_seconds_total", "Seconds of sound that were heard.", state.heard / .seconds(1)),
            ("oriole_spoken_seconds_total", "Seconds of sound that were spoken.", state.spoken / .seconds(1)),
        ]
        for counter in counters {
            lines += Self.head(counter.name, "counter", counter.help) + ["\(counter.name) \(counter.value)"]
        }
        var last = ""
        for gauge in gauges {
            if gauge.name != last { lines += Self.head(gauge.name, "gauge", gauge.help) }
            last = gauge.name
            lines.append("\(gauge.name)\(gauge.label.map { "{kind=\"\($0)\"}" } ?? "") \(gauge.value)")
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func head(_ name: String, _ type: String, _ help: String) -> [String] {
        ["# HELP \(name) \(help)", "# TYPE \(name) \(type)"]
    }
}
