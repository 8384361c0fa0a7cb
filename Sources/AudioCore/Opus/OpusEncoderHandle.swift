internal import COpus

/// An encoder of libopus, destroyed when it goes away.
@safe
struct OpusEncoderHandle: ~Copyable {
    let pointer: OpaquePointer

    init(_ pointer: OpaquePointer) { unsafe self.pointer = pointer }

    deinit {
        unsafe opus_encoder_destroy(pointer)
    }

    var lookAhead: Int {
        var samples: opus_int32 = 0
        unsafe oriole_opus_encoder_lookahead(pointer, &samples)
        return Int(samples)
    }

    func apply(_ settings: OpusSettings) throws(AudioError) {
        let controls: [(CInt, Int)] = [
            (OPUS_SET_BITRATE_REQUEST, settings.bitrate ?? Int(OPUS_AUTO)),
            (OPUS_SET_COMPLEXITY_REQUEST, settings.complexity),
            (OPUS_SET_DTX_REQUEST, settings.usesDiscontinuousTransmission ? 1 : 0),
            (OPUS_SET_INBAND_FEC_REQUEST, settings.expectedLossPercentage > 0 ? 1 : 0),
            (OPUS_SET_PACKET_LOSS_PERC_REQUEST, settings.expectedLossPercentage),
        ]
        for (request, value) in controls {
            let status = unsafe oriole_opus_encoder_set(pointer, request, opus_int32(clamping: value))
            guard status == OPUS_OK, !Faults.strike("opus_encoder_ctl") else {
                throw AudioError(opus: "opus_encoder_ctl", status, "the Opus encoder refused its settings")
            }
        }
    }
}

extension OpusSettings.Application {
    var code: CInt {
        switch self {
        case .voice: OPUS_APPLICATION_VOIP
        case .audio: OPUS_APPLICATION_AUDIO
        case .lowDelay: OPUS_APPLICATION_RESTRICTED_LOWDELAY
        }
    }
}

extension AudioError {
    /// A failure of libopus.
    init(opus function: String, _ status: CInt, _ message: String) {
        let text = unsafe opus_strerror(status).map { unsafe String(cString: $0) } ?? "unknown status"
        self.init(.libraryFailure, message, cause: LibraryStatus(function: function, status: Int(status), text: text))
    }
}
