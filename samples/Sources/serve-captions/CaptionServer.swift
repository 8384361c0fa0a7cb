import Oriole

/// Answers a request for a recording with its subtitles, cue by cue.
struct CaptionServer: Sendable {
    let folder: String
    let captioner: Captioner

    func answer(_ visitor: Visitor) async {
        guard let name = visitor.requestedName() else {
            visitor.write("HTTP/1.1 400 Bad Request\r\n\r\n")
            return
        }
        let path = "\(folder)/\(name)"
        var writer = CueWriter(.vtt)
        var isBegun = false
        do {
            let cues = captioner.cues { () async throws(AudioError) in try await AudioInput(path: path) }
            for try await cue in cues {
                if !isBegun { visitor.write(Self.head + writer.begin()) }
                isBegun = true
                // A visitor who has left ends the loop, and with it the work and what it costs.
                guard visitor.write(writer.add(cue)) else { return }
            }
            visitor.write((isBegun ? "" : Self.head + writer.begin()) + writer.finish())
        } catch {
            // Whoever has begun to read sees the end come early; what went wrong is told here.
            if !isBegun { visitor.write("HTTP/1.1 404 Not Found\r\n\r\n") }
            print("\(name): \(error)")
        }
    }

    private static let head =
        "HTTP/1.1 200 OK\r\nContent-Type: text/vtt; charset=utf-8\r\nConnection: close\r\nX-Accel-Buffering: no\r\n\r\n"
}
