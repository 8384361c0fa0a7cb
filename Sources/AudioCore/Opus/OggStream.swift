internal import COgg

/// One logical Ogg stream of libogg, on its way in or out.
@safe
struct OggStream: ~Copyable {
    let serial: Int32
    let pointer: UnsafeMutablePointer<ogg_stream_state>

    init(serial: Int32) throws(AudioError) {
        let memory = UnsafeMutablePointer<ogg_stream_state>.allocate(capacity: 1)
        guard !Faults.strike("ogg_stream_init"), unsafe ogg_stream_init(memory, serial) == 0 else {
            unsafe memory.deallocate()
            throw AudioError(ogg: "ogg_stream_init", "no memory for an Ogg stream")
        }
        self.serial = serial
        unsafe pointer = memory
    }

    deinit {
        unsafe ogg_stream_clear(pointer)
        unsafe pointer.deallocate()
    }
}

extension AudioError {
    /// A failure of libogg, which only knows that something failed.
    init(ogg function: String, _ message: String) {
        self.init(.libraryFailure, message, cause: LibraryStatus(function: function, status: -1, text: "failed"))
    }
}
