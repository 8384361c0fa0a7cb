internal import HTTPTransport
internal import Speech

/// What those ask who run the server.
struct HouseRoutes {
    private let workshop: Workshop
    private let others: [Route]

    init(_ workshop: Workshop, beside others: [Route]) {
        self.workshop = workshop
        self.others = others
    }

    var routes: [Route] {
        let plain = [
            Route("GET", "/", .plain, RouteDescription(summary: "tell what there is", answers: ["text/plain"]), index),
            Route("GET", "/health", .plain, RouteDescription(summary: "tell that the server lives"), health),
            Route(
                "GET", "/metrics", .plain, RouteDescription(summary: "count what was done", answers: ["text/plain"]),
                metrics),
        ]
        let description = RouteDescription(summary: "describe all of this (OpenAPI 3.1)")
        let path = "/openapi.json"
        let document = OpenAPIDocument(
            plain + [Route("GET", path, .plain, description) { _, _ in }] + others, version: workshop.settings.version)
        let bytes = JSON.bytes(document)
        return plain + [
            Route("GET", path, .plain, description) { _, answer throws(Fault) in
                answer.send(200, "application/json", bytes)
            }
        ]
    }

    @Sendable private func health(_ request: Request, _ answer: Answer) { answer.send(json: ["status": "ok"]) }

    @Sendable private func index(_ request: Request, _ answer: Answer) {
        let lines = others.map { route in
            "\(route.method.padded(to: 4)) \(route.path.padded(to: 35)) \(route.operation.summary)\n"
        }
        let text =
            "oriole \(workshop.settings.version)\n\n" + lines.joined() + "\nGET  /openapi.json describes all of it\n"
        answer.send(200, "text/plain; charset=utf-8", Array(text.utf8))
    }

    @Sendable private func metrics(_ request: Request, _ answer: Answer) {
        let lanes = [("hearing", workshop.hearingLane.gate), ("speaking", workshop.speakingLane.gate)]
        let working = lanes.map { name, gate in
            Metrics.Gauge(
                name: "oriole_working", help: "Requests that are worked on.", label: name, value: gate.passCount)
        }
        let waiting = lanes.map { name, gate in
            Metrics.Gauge(name: "oriole_waiting", help: "Requests that wait.", label: name, value: gate.waitingCount)
        }
        let text = workshop.metrics.text(working + waiting)
        answer.send(200, "text/plain; version=0.0.4; charset=utf-8", Array(text.utf8))
    }
}

extension String {
    fileprivate func padded(to width: Int) -> String { self + String(repeating: " ", count: max(0, width - count)) }
}
