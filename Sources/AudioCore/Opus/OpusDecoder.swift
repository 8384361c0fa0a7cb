internal import COpus

/// Decodes Opus packets to floats at 48 kHz.
@safe
struct OpusDecoder: ~Copyable {
    let channels: Int
    private let decoder: OpaquePointer

    /// 120 ms, the most that one packet holds.
    static let maximumFrameCount = 5_760

    init(_ head: OpusHead) throws(AudioError) {
        var status: CInt = 0
        let made =
            unsafe Faults.strike("opus_multistream_decoder_create")
            ? nil
            : opus_multistream_decoder_create(
                48_000, CInt(head.channels), CInt(head.mapping.streams), CInt(head.mapping.coupled),
                head.mapping.table, &status)
        guard let decoder = unsafe made else {
            throw AudioError(opus: "opus_multistream_decoder_create", status, "cannot make an Opus decoder")
        }
        unsafe oriole_opus_decoder_set_gain(decoder, opus_int32(head.gain))
        unsafe self.decoder = decoder
        channels = head.channels
    }

    deinit {
        unsafe opus_multistream_decoder_destroy(decoder)
    }

    /// How many frames a packet holds, or nil when it is none.
    static func frameCount(of packet: [UInt8]) -> Int? {
        let count = unsafe opus_packet_get_nb_samples(packet, opus_int32(packet.count), 48_000)
        return count > 0 ? Int(count) : nil
    }

    /// Decodes a packet of `frameCount` frames and appends them; a damaged one becomes what the decoder guesses.
    mutating func decode(_ packet: [UInt8], frameCount: Int, appendingTo samples: inout [Float]) {
        samples.append(addingCapacity: frameCount * channels) { free in
            unsafe free.withUnsafeMutableBufferPointer { target, initialized in
                guard let base = target.baseAddress else { return }
                var count = unsafe opus_multistream_decode_float(
                    decoder, packet, opus_int32(packet.count), base, CInt(frameCount), 0)
                if count < 0 {
                    count = unsafe opus_multistream_decode_float(decoder, nil, 0, base, CInt(frameCount), 0)
                }
                let written = Int(max(count, 0)) * channels
                let wanted = frameCount * channels
                if written < wanted { unsafe (base + written).initialize(repeating: 0, count: wanted - written) }
                initialized = wanted
            }
        }
    }
}
