// Asks a question in sound and keeps the answer: converse QUESTION ANSWER.wav

import Foundation
import Oriole

let arguments = CommandLine.arguments
guard arguments.count == 3, let key = ProcessInfo.processInfo.environment["ORIOLE_API_KEY"] else {
    print("usage: ORIOLE_API_KEY=… converse QUESTION ANSWER.wav")
    exit(2)
}

do {
    let glm = try GLMClient(GLMSettings(credential: .key(key)))
    let question = VoiceTurn.user(text: nil, clip: .file(path: arguments[1]))
    var samples: [Float] = []
    var format = PCMFormat(rate: 24_000, channels: 1)
    for try await event in try await glm.answer(VoiceRequest(turns: [question])) {
        switch event {
        case .text(let text): print(text, terminator: "")
        case .audio(let chunk):
            samples += chunk.audio.floats().samples
            format = chunk.audio.format
        case .audioReference(let id, _): print("\n(the answer is known as \(id))")
        }
    }
    var output = try AudioOutput(path: arguments[2], settings: OutputSettings(kind: .wav), format: format)
    try output.write(samples.span)
    try output.finish()
} catch {
    print("converse: \(error)")
    exit(1)
}
