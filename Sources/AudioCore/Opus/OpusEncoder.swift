internal import COpus
internal import Platform

/// Codes sound as Opus packets, for RTP, WebRTC or a container of one's own; files are made by ``OggOpusWriter``.
///
/// ```swift
/// var encoder = try OpusEncoder(format: PCMFormat(rate: 24_000, channels: 1))
/// var packets = OpusPackets()
/// try encoder.encode(samples.span, appendingTo: &packets)
/// for index in packets.indices { send(packets[index]) }
/// ```
public struct OpusEncoder: ~Copyable {
    /// The rate and the channels of the input.
    public let format: PCMFormat
    /// Frames of input in a packet.
    public let packetFrameCount: Int
    /// Frames by which the decoder's output is late: what a player must skip at the beginning.
    public let lookAhead: Int
    private let handle: OpusEncoderHandle
    private var waiting: [Float] = []

    /// The rates that Opus codes.
    public static let rates = [8_000, 12_000, 16_000, 24_000, 48_000]
    /// More than any packet needs: six frames of the largest size (RFC 6716, section 3.2).
    private static let maximumPacketByteCount = 6 * 1_276

    /// Makes an encoder of mono or stereo sound.
    ///
    /// - Throws: `unsupported` for another rate or more channels.
    public init(format: PCMFormat, settings: OpusSettings = OpusSettings()) throws(AudioError) {
        guard Self.rates.contains(format.rate), format.channels <= 2 else {
            throw AudioError(
                .unsupported, "Opus does not code \(format)",
                remedy: "resample to 48000 Hz (or 24000, 16000, 12000, 8000) and mix to mono or stereo")
        }
        var status: CInt = 0
        let made =
            unsafe Faults.strike("opus_encoder_create")
            ? nil
            : opus_encoder_create(
                opus_int32(format.rate), CInt(format.channels), settings.application.code, &status)
        guard let encoder = unsafe made else {
            throw AudioError(opus: "opus_encoder_create", status, "cannot make an Opus encoder")
        }
        let handle = unsafe OpusEncoderHandle(encoder)
        try handle.apply(settings)
        lookAhead = handle.lookAhead
        self.handle = handle
        self.format = format
        packetFrameCount = settings.frameDuration.frames(at: format.rate)
    }

    /// Codes samples and appends the packets that they complete; the rest waits for more.
    public mutating func encode(
        _ samples: Span<Float>, appendingTo packets: inout OpusPackets
    ) throws(AudioError) {
        precondition(samples.count.isMultiple(of: format.channels), "interleaved samples end inside a frame")
        let length = packetFrameCount * format.channels
        var rest = samples
        if !waiting.isEmpty {
            let missing = min(length - waiting.count, rest.count)
            waiting.append(copying: rest.extracting(first: missing))
            rest = rest.extracting(droppingFirst: missing)
            guard waiting.count == length else { return }
            let whole = waiting
            waiting.removeAll(keepingCapacity: true)
            try encodePacket(whole.span, appendingTo: &packets)
        }
        while rest.count >= length {
            try encodePacket(rest.extracting(first: length), appendingTo: &packets)
            rest = rest.extracting(droppingFirst: length)
        }
        waiting.append(copying: rest)
    }

    /// Ends the stream and appends the last packets: silence fills the one that was begun, and carries what the
    /// encoder is behind.
    public consuming func finish(appendingTo packets: inout OpusPackets) throws(AudioError) {
        let tail = waitingFrameCount + lookAhead
        let whole = (tail + packetFrameCount - 1) / packetFrameCount * packetFrameCount
        let silence = [Float](repeating: 0, count: (whole - waitingFrameCount) * format.channels)
        try encode(silence.span, appendingTo: &packets)
    }

    /// Frames that wait for the rest of their packet.
    public var waitingFrameCount: Int { waiting.count / format.channels }

    /// Codes one packet's worth, the only place where samples reach libopus.
    private mutating func encodePacket(
        _ samples: Span<Float>, appendingTo packets: inout OpusPackets
    ) throws(AudioError) {
        let count = unsafe packets.append(room: Self.maximumPacketByteCount) { target, room in
            unsafe samples.withUnsafeBufferPointer { source in
                guard let source = source.baseAddress else { return OPUS_BAD_ARG }
                return unsafe opus_encode_float(
                    handle.pointer, source, CInt(packetFrameCount), target, opus_int32(room))
            }
        }
        guard count > 0, !Faults.strike("opus_encode_float") else {
            throw AudioError(opus: "opus_encode_float", count, "cannot code \(packetFrameCount) frames")
        }
    }
}
