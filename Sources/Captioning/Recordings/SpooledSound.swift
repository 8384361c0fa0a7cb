internal import AudioCore
internal import Platform
internal import Synchronization

/// The sound of a recording at 16 kHz in a temporary file, so that parts of one of any length can be read again, several at once.
final class SpooledSound: Sendable {
    private let file: TemporaryFile
    private let written = Mutex(0)

    init() throws(AudioError) {
        do throws(SystemError) { file = try TemporaryFile(suffix: ".sound") } catch { throw AudioError(error) }
    }

    /// Where the samples are, 16 bits each.
    var path: String { file.path }

    /// How many samples there are.
    var count: Int { written.withLock { $0 } }

    func append(_ samples: [Float]) throws(AudioError) {
        var bytes: [UInt8] = []
        PCMEncoder(.signed16).encode(samples.span, appendingTo: &bytes)
        do throws(SystemError) { try file.file.write(bytes.span) } catch { throw AudioError(error) }
        written.withLock { $0 += samples.count }
    }

    /// The sound of a section.
    func clip(_ section: SpeechSection) throws(AudioError) -> PCMChunk<Float> {
        let first = min(max(section.start.converted(to: VoiceFrame.rate).frames, 0), count)
        let last = min(max(section.end.converted(to: VoiceFrame.rate).frames, first), count)
        let bytes: [UInt8]
        do throws(SystemError) {
            bytes = try file.file.bytes(from: first * 2, count: (last - first) * 2)
        } catch {
            throw AudioError(error)
        }
        var decoder = PCMDecoder(.signed16)
        var samples: [Float] = []
        try decoder.decode(bytes.span, appendingTo: &samples)
        return PCMChunk(
            format: PCMFormat(rate: VoiceFrame.rate, channels: 1),
            start: MediaTime(frames: first, rate: VoiceFrame.rate), samples: samples)
    }
}
