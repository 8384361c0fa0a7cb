internal import CSndFile

/// An open file of libsndfile, closed when it goes away.
@safe
struct SoundFileHandle: ~Copyable {
    let pointer: OpaquePointer

    init(_ pointer: OpaquePointer) { unsafe self.pointer = pointer }

    deinit {
        _ = unsafe sf_close(pointer)
    }

    /// Closes the file and reports what only shows then: that the end could not be written.
    consuming func close() -> AudioError.LibraryStatus? {
        let status = unsafe sf_close(pointer)
        discard self
        guard status != 0 || Faults.strike("sf_close") else { return nil }
        let text = unsafe sf_error_number(status).map { unsafe String(cString: $0) } ?? "unknown error"
        return AudioError.LibraryStatus(function: "sf_close", status: Int(status), text: text)
    }

    /// The failure of the last call.
    func status(of function: String) -> AudioError.LibraryStatus { unsafe .init(sndfile: pointer, function: function) }
}

extension AudioError.LibraryStatus {
    /// libsndfile's last error, of a handle or of the last attempt to open one.
    init(sndfile handle: OpaquePointer?, function: String) {
        let words = unsafe sf_strerror(handle).map { unsafe String(cString: $0) } ?? "unknown error"
        let text = words.split(whereSeparator: \.isNewline).joined(separator: " ")
        self.init(function: function, status: Int(unsafe sf_error(handle)), text: text)
    }
}
