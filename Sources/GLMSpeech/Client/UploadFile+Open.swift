internal import AudioCore
internal import HTTPTransport
internal import Platform
internal import Speech

extension UploadFile {
    /// Opens a file that is to be sent as it is.
    static func open(_ path: String) throws(RemoteError) -> UploadFile {
        do throws(SystemError) {
            return try UploadFile(path: path)
        } catch {
            guard !error.hasNoLength else {
                throw RemoteError(
                    .invalidRequest, "\(path) is a pipe or a device and has no length, which is told before it is sent",
                    hint: "write it to a file first")
            }
            throw RemoteError(AudioError(error))
        }
    }
}
