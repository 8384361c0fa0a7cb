internal import CSndFile

/// Reads the sound files that libsndfile knows (FLAC, Ogg Vorbis, MP3, AIFF, CAF, W64, AU, NIST…), from a path or from
/// bytes, a chunk at a time.
public struct SoundFileReader: ~Copyable, PCMSource {
    /// The rate and the channels.
    public var format: PCMFormat { timeline.format }
    /// How many frames the header promises, when it says so.
    public let expectedFrameCount: Int?
    private let handle: SoundFileHandle
    private let memory: MemoryFile?
    private let name: String
    private var timeline: Timeline

    private static let framesPerChunk = 8_192

    /// Opens a file.
    ///
    /// - Throws: `notFound`, or `malformedInput` when libsndfile does not know the format.
    public init(path: String) throws(AudioError) {
        var info = SF_INFO()
        let pointer = unsafe Faults.strike("sf_open") ? nil : sf_open(path, CInt(SFM_READ), &info)
        unsafe try self.init(pointer, info, function: "sf_open", name: path, memory: nil)
    }

    /// Opens a file that is in memory.
    ///
    /// - Throws: `malformedInput` when libsndfile does not know the format.
    public init(bytes: [UInt8]) throws(AudioError) {
        let memory = MemoryFile(bytes)
        var info = SF_INFO()
        var calls = MemoryFile.calls
        let pointer = unsafe sf_open_virtual(&calls, CInt(SFM_READ), &info, memory.pointer)
        unsafe try self.init(pointer, info, function: "sf_open_virtual", name: "the bytes", memory: memory)
    }

    private init(
        _ pointer: OpaquePointer?, _ info: SF_INFO, function: String, name: String, memory: MemoryFile?
    ) throws(AudioError) {
        guard let pointer = unsafe pointer else {
            throw AudioError(
                .malformedInput, "\(name) is not a sound file that is read here",
                cause: unsafe AudioError.LibraryStatus(sndfile: nil, function: function))
        }
        handle = unsafe SoundFileHandle(pointer)
        self.memory = memory
        self.name = name
        timeline = Timeline(
            format: PCMFormat(rate: max(Int(info.samplerate), 1), channels: max(Int(info.channels), 1)))
        expectedFrameCount = info.frames > 0 && info.frames < Int64.max / 2 ? Int(info.frames) : nil
    }

    /// The next chunk, or nil at the end.
    ///
    /// - Throws: `malformedInput` for damaged sound.
    public mutating func next() throws(AudioError) -> PCMChunk<Float>? {
        var samples: [Float] = []
        samples.append(addingCapacity: Self.framesPerChunk * format.channels) { free in
            unsafe free.withUnsafeMutableBufferPointer { target, initialized in
                let frames = unsafe sf_readf_float(handle.pointer, target.baseAddress, sf_count_t(Self.framesPerChunk))
                initialized = Int(max(frames, 0)) * format.channels
            }
        }
        guard unsafe sf_error(handle.pointer) == 0, !Faults.strike("sf_readf_float") else {
            throw AudioError(
                .malformedInput, "\(name) is damaged after \(timeline.now)",
                cause: handle.status(of: "sf_readf_float"))
        }
        guard !samples.isEmpty else { return nil }
        guard Kernels.active.areFinite(samples.span) else {
            throw AudioError(.malformedInput, "\(name) holds samples that are not finite numbers")
        }
        return timeline.chunk(of: samples)
    }
}
