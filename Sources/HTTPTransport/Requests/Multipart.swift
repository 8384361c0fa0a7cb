package import Platform

/// A form of fields and files (RFC 7578), sent in the order in which they were added.
package struct Multipart: Sendable {
    package private(set) var parts: [Part] = []

    /// One part of a form.
    package struct Part: Sendable {
        package let name: String
        package let content: Content
    }

    /// What a part holds.
    package enum Content: Sendable {
        case text(String)
        case bytes([UInt8], fileName: String, type: String)
        case file(UploadFile, fileName: String, type: String)
    }

    package init() {}

    /// Adds a field.
    package mutating func add(_ name: String, _ text: String) {
        parts.append(Part(name: name, content: .text(text)))
    }

    /// Adds bytes as a file.
    package mutating func add(_ name: String, bytes: [UInt8], fileName: String, type: String) {
        parts.append(Part(name: name, content: .bytes(bytes, fileName: fileName, type: type)))
    }

    /// Adds a file, which is read while it is sent.
    package mutating func add(_ name: String, file: UploadFile, fileName: String, type: String) {
        parts.append(Part(name: name, content: .file(file, fileName: fileName, type: type)))
    }
}

/// A file on its way to a server: open from the beginning, so that what cannot be read is known before anything is sent.
package final class UploadFile: Sendable {
    /// How many bytes it has.
    package let byteCount: Int
    private let file: OpenFile
    // Spelled out, since `TemporaryFile?` would be set to nil before an initializer that may throw.
    private let temporary: Optional<TemporaryFile>

    /// Opens a file.
    ///
    /// - Throws: also for a pipe or a device, whose length nobody can tell.
    package init(path: String) throws(SystemError) {
        file = try OpenFile(reading: path)
        byteCount = try file.byteCount()
        temporary = nil
    }

    /// Takes a temporary file, which goes when it is no longer sent.
    package init(_ temporary: consuming TemporaryFile) throws(SystemError) {
        file = try OpenFile(reading: temporary.path)
        byteCount = try file.byteCount()
        self.temporary = consume temporary
    }

    /// Copies bytes from a place in the file and returns how many there were.
    func copy(from offset: Int, to target: UnsafeMutableRawBufferPointer) throws(SystemError) -> Int {
        unsafe try file.copy(from: offset, to: target)
    }
}
