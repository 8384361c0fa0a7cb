// Writes down what is said in a sound file, as the words come: dictate CLIP

import Foundation
import Oriole

let arguments = CommandLine.arguments
guard arguments.count == 2, let key = ProcessInfo.processInfo.environment["ORIOLE_API_KEY"] else {
    print("usage: ORIOLE_API_KEY=… dictate CLIP, of 30 seconds at most")
    exit(2)
}

do {
    let glm = try GLMClient(GLMSettings(credential: .key(key)))
    for try await words in try await glm.transcribeAsItComes(.file(path: arguments[1])) {
        print(words, terminator: "")
        fflush(nil)
    }
    print()
} catch {
    print("dictate: \(error)")
    exit(1)
}
