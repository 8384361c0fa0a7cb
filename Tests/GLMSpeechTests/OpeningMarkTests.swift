import AudioCore
import Foundation
import Speech
import TestSupport
import Testing

@testable import GLMSpeech

struct OpeningMarkTests {
    private static let format = PCMFormat(rate: 24_000, channels: 1)

    /// Sound of some lines, in hertz, for some milliseconds.
    private static func tone(_ lines: [Double], milliseconds: Int, level: Double = 6_000) -> [Int16] {
        (0..<24 * milliseconds).map { frame in
            let sum = lines.reduce(0) { $0 + sin(2 * .pi * $1 * Double(frame) / 24_000) }
            return Int16(level * sum / Double(max(1, lines.count)))
        }
    }

    private static func silence(milliseconds: Int) -> [Int16] { tone([], milliseconds: milliseconds) }

    /// A voice of a kind: a pitch with falling overtones.
    private static var voice: [Int16] {
        tone(
            (1...20).flatMap { [Double]($0 < 4 ? Array(repeating: 140 * Double($0), count: 4) : [140 * Double($0)]) },
            milliseconds: 400)
    }

    /// What is left of sound that comes in pieces of a size.
    private static func left(of sound: [Int16], piece: Int = 700) -> [Int16] {
        var pieces = SpeechPieces(skippingMark: true)
        var place = 0
        while place < sound.count {
            pieces.add(Array(sound[place..<min(place + piece, sound.count)]), format, at: .now)
            place += piece
        }
        pieces.finish(at: .now)
        return pieces.ready.flatMap(\.audio.samples)
    }

    static let marks: [[Int16]] = [
        tone([1_000], milliseconds: 200) + silence(milliseconds: 100),
        silence(milliseconds: 50) + tone([880, 1_760, 2_640], milliseconds: 130) + silence(milliseconds: 80)
            + tone([880], milliseconds: 130) + silence(milliseconds: 290),
        tone([600], milliseconds: 620) + silence(milliseconds: 900),
    ]

    @Test(arguments: marks.indices, [1, 480, 700, 100_000])
    func `beeps and the pause after them are left out, however the sound is cut`(index: Int, piece: Int) {
        let speech = Self.voice
        let left = Self.left(of: Self.marks[index] + speech, piece: piece)
        // 20 ms of the pause stay, and the grid of 20 ms may begin earlier by as much.
        let extra = left.count - speech.count
        #expect((480..<960).contains(extra) && left.suffix(speech.count - 480).elementsEqual(speech.dropFirst(480)))
        #expect(left.prefix(extra).allSatisfy { abs($0) < 200 })
    }

    @Test(arguments: [
        voice, silence(milliseconds: 300) + voice, tone([1_000], milliseconds: 40) + silence(milliseconds: 100) + voice,
        tone([1_000], milliseconds: 200) + voice, tone([200], milliseconds: 200) + silence(milliseconds: 100) + voice,
        silence(milliseconds: 3_000), [1, 2, 3], tone([500, 900, 1_300, 2_100, 2_900, 3_300], milliseconds: 200),
    ])
    func `what is no mark is left as it is`(sound: [Int16]) {
        let isSame = Self.left(of: sound) == sound
        #expect(isSame)
    }

    @Test func `a voice is heard at once`() {
        var mark = OpeningMark()
        let first = Array(Self.voice.prefix(1_000))
        #expect(mark.read(first, Self.format) == first)
    }

    @Test(.needsMaterial) func `no recorded voice is taken for a mark, wherever it begins`() async throws {
        let names = try FileManager.default.subpathsOfDirectory(atPath: Material.path("speech"))
        var count = 0
        for name in names where name.hasSuffix(".wav") {
            var input = try await AudioInput(path: Material.path("speech/" + name))
            guard input.format.channels == 1 else { continue }
            var samples: [Int16] = []
            while let chunk = try await input.next() { samples += chunk.integers().samples }
            for second in 0..<samples.count / input.format.rate {
                var mark = OpeningMark()
                let rest = Array(samples[(second * input.format.rate)...].prefix(3 * input.format.rate))
                let isSame = (mark.read(rest, input.format) ?? mark.finish()?.0) == rest
                #expect(isSame, "\(name) from second \(second)")
                count += 1
            }
        }
        #expect(count > 100)
    }
}
