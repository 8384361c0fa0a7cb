// Speaks a text into a file while the speech still arrives: speak TEXT OUT.opus

import Foundation
import Oriole

let arguments = CommandLine.arguments
guard arguments.count == 3, let key = ProcessInfo.processInfo.environment["ORIOLE_API_KEY"] else {
    print("usage: ORIOLE_API_KEY=… speak TEXT OUT.opus")
    exit(2)
}

do {
    let glm = try GLMClient(GLMSettings(credential: .key(key)))
    let format = PCMFormat(rate: 24_000, channels: 1)
    var output = try AudioOutput(path: arguments[2], settings: OutputSettings(kind: .opus), format: format)
    for piece in SentenceSplitter(limit: GLMClient.longestText).pieces(of: arguments[1]) {
        for try await chunk in try glm.speak(SpeechRequest(piece, voice: "tongtong")) {
            try output.write(chunk.audio.floats().samples.span)
            print("\(chunk.audio.end) spoken")
        }
    }
    try output.finish()
} catch {
    print("speak: \(error)")
    exit(1)
}
