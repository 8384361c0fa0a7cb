import Platform
import TestSupport
import Testing

@testable import AudioCore

/// Files of many programs, beside what other readers make of them.
@Suite(.tags(.parser, .material), .needsMaterial)
struct WAVMaterialTests {
    /// A line of `readers.tsv`: the file, and how many frames two other readers find, nil when they refuse.
    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        let ffmpeg: Int?
        let libsndfile: Int?
        var testDescription: String { name }

        static let all: [Case] = {
            guard Material.folder != nil, let bytes = try? contents(of: Material.path("wav-odd/readers.tsv")) else {
                return []
            }
            return String(decoding: bytes, as: UTF8.self).split(separator: "\n").dropFirst().map { line in
                let columns = line.split(separator: "\t", omittingEmptySubsequences: false)
                return Case(name: String(columns[0]), ffmpeg: Int(columns[5]), libsndfile: Int(columns[6]))
            }
        }()
    }

    /// The samples, or nil when the file is refused.
    private static func read(_ path: String) throws -> [Float]? {
        let file = try contents(of: path)
        var reader = WAVReader()
        var samples: [Float] = []
        do throws(AudioError) {
            for piece in file.cut(seed: UInt64(file.count), longest: 1_000) {
                try reader.read(piece.span, appendingTo: &samples)
            }
            _ = try reader.finish(appendingTo: &samples)
        } catch {
            #expect(!error.message.isEmpty)
            return nil
        }
        return samples
    }

    @Test(arguments: Case.all)
    func `a file gives what the readers agree on, or a clear error`(file: Case) throws {
        let path = Material.path(file.name)
        guard let samples = try Self.read(path) else {
            // Refused: a codec that is not ours, a file that no reader agrees on, or one that all read as noise.
            let others = [".sph", ".w64", "adpcm", "64bit", "pcmwaveformat-24bit-4byte"]
            let isOther = others.contains { file.name.contains($0) }
            #expect(isOther || file.ffmpeg == nil || file.libsndfile == nil)
            return
        }
        guard let judge = try? SoundFileReader(path: path) else { return }
        let frames = samples.count / judge.format.channels
        // libsndfile takes a size of zero at its word.
        #expect(frames == file.libsndfile || frames == file.ffmpeg)
        guard frames == file.libsndfile else { return }
        #expect(try Self.all(judge) == samples)
    }

    private static func all(_ reader: consuming SoundFileReader) throws -> [Float] {
        var samples: [Float] = []
        while let chunk = try reader.next() { samples += chunk.samples }
        return samples
    }
}
