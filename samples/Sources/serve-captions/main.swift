// A server that makes subtitles of the recordings in a folder while they are watched: serve-captions FOLDER
//
// The first who asks sees the first cue after seconds, since each is sent as soon as it is final:
//     curl -N http://127.0.0.1:8090/talk.mp3

import Foundation
import Oriole

let arguments = CommandLine.arguments
guard arguments.count == 2 else {
    print("usage: serve-captions FOLDER, with ORIOLE_API_KEY for the GLM service, else offline")
    exit(2)
}

do {
    let key = ProcessInfo.processInfo.environment["ORIOLE_API_KEY"]
    let engine: any Transcriber = try key.map { try GLMClient(GLMSettings(credential: .key($0))) } ?? OfflineEngine()
    // One captioner serves all: the engine bounds what is asked of the service at once.
    let captions = CaptionServer(folder: arguments[1], captioner: Captioner(engine))
    let port = try Port(8_090)
    print("http://127.0.0.1:8090/ serves \(arguments[1])")
    while true {
        let visitor = try port.accept()
        Task.detached { await captions.answer(visitor) }
    }
} catch {
    print("serve-captions: \(error)")
    exit(1)
}
