internal import CCurl
internal import Platform

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// How far a file has been sent: libcurl asks for more as the socket drains, or goes back to the beginning.
final class UploadCursor {
    private let file: UploadFile
    private var offset = 0
    private(set) var failure: String?

    init(_ file: UploadFile) { self.file = file }

    /// Makes the file the content of a part, which keeps the cursor.
    func attach(to part: OpaquePointer?) -> CURLcode {
        let me = unsafe Unmanaged.passRetained(self).toOpaque()
        let status = unsafe curl_mime_data_cb(
            part, curl_off_t(file.byteCount), { unsafe UploadCursor.from($3)?.read($0, $1 * $2) ?? 0 },
            { unsafe UploadCursor.from($0)?.seek($1, $2) ?? CURL_SEEKFUNC_FAIL },
            { unsafe $0.map { unsafe Unmanaged<UploadCursor>.fromOpaque($0).release() } }, me)
        // libcurl lets go of what it has taken, and of nothing else.
        if status != CURLE_OK { unsafe Unmanaged<UploadCursor>.fromOpaque(me).release() }
        return status
    }

    private func read(_ target: UnsafeMutablePointer<CChar>?, _ count: Int) -> Int {
        do throws(SystemError) {
            let wanted = min(count, file.byteCount - offset)
            let copied = unsafe try file.copy(
                from: offset, to: UnsafeMutableRawBufferPointer(start: target, count: wanted))
            guard copied > 0 || wanted == 0 else {
                failure = "the file became shorter while it was sent"
                return Int(CURL_READFUNC_ABORT)
            }
            offset += copied
            return copied
        } catch {
            failure = "\(error)"
            return Int(CURL_READFUNC_ABORT)
        }
    }

    private func seek(_ place: curl_off_t, _ origin: CInt) -> CInt {
        guard origin == SEEK_SET, place >= 0 else { return CURL_SEEKFUNC_CANTSEEK }
        offset = Int(place)
        return CURL_SEEKFUNC_OK
    }

    private static func from(_ user: UnsafeMutableRawPointer?) -> UploadCursor? {
        unsafe user.map { unsafe Unmanaged<UploadCursor>.fromOpaque($0).takeUnretainedValue() }
    }
}
