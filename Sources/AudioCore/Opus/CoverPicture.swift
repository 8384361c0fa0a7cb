internal import Platform

/// A picture inside a sound file, as FLAC and Ogg carry it.
public struct CoverPicture: Hashable, Sendable {
    /// The bytes of a JPEG or PNG file.
    public let bytes: [UInt8]
    /// `image/jpeg` or `image/png`.
    public let mediaType: String
    /// Pixels across.
    public let width: Int
    /// Pixels down.
    public let height: Int

    /// The most bytes that a picture may have.
    public static let maximumByteCount = 16 << 20

    /// Looks at the bytes of a JPEG or PNG file.
    ///
    /// - Throws: `malformedInput` for anything else, `limitExceeded` when it is too large.
    public init(bytes: [UInt8]) throws(AudioError) {
        guard bytes.count <= Self.maximumByteCount else {
            throw AudioError(
                .limitExceeded, "a cover of \(bytes.count) bytes, where \(Self.maximumByteCount) is the most",
                remedy: "make the picture smaller")
        }
        guard let size = Self.sizeOfPNG(bytes.span) ?? Self.sizeOfJPEG(bytes.span) else {
            throw AudioError(.malformedInput, "the cover is neither a JPEG nor a PNG picture")
        }
        self.bytes = bytes
        mediaType = bytes[0] == 0xFF ? "image/jpeg" : "image/png"
        (width, height) = size
    }

    /// Reads a JPEG or PNG file.
    ///
    /// - Throws: what ``init(bytes:)`` throws, or `notFound`.
    public init(path: String) throws(AudioError) {
        var bytes: [UInt8] = []
        do throws(SystemError) {
            let file = try OpenFile(reading: path)
            while bytes.count <= Self.maximumByteCount {
                guard try file.read(upTo: 65_536, appendingTo: &bytes) > 0 else { break }
            }
        } catch {
            throw AudioError(error)
        }
        try self.init(bytes: bytes)
    }

    /// The picture as a comment: a FLAC picture block of type 3, front cover, in base64 (RFC 9639, section 8.8).
    public var comment: OpusTags.Comment {
        var block: [UInt8] = []
        block.append(bigEndian: UInt32(3))
        block.append(bigEndian: UInt32(mediaType.utf8.count))
        block += Array(mediaType.utf8)
        block.append(bigEndian: UInt32(0))
        for number in [width, height, 24, 0, bytes.count] { block.append(bigEndian: UInt32(clamping: number)) }
        block += bytes
        return OpusTags.Comment(
            "METADATA_BLOCK_PICTURE", String(decoding: Base64Encoder.text(of: block.span), as: UTF8.self))
    }
}

extension CoverPicture {
    /// The size in the first chunk of a PNG file.
    private static func sizeOfPNG(_ bytes: Span<UInt8>) -> (Int, Int)? {
        let signature: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
        guard bytes.count >= 24, signature.indices.allSatisfy({ bytes[$0] == signature[$0] }) else { return nil }
        return (
            Int(bytes.number(UInt32.self, at: 16, .bigEndian)), Int(bytes.number(UInt32.self, at: 20, .bigEndian))
        )
    }

    /// The size in the frame header of a JPEG file, behind the segments before it.
    private static func sizeOfJPEG(_ bytes: Span<UInt8>) -> (Int, Int)? {
        guard bytes.count > 4, bytes[0] == 0xFF, bytes[1] == 0xD8 else { return nil }
        var offset = 2
        while offset + 9 <= bytes.count, bytes[offset] == 0xFF {
            let marker = bytes[offset + 1]
            // SOF0 … SOF15 hold the size, except those that define tables.
            if (0xC0...0xCF).contains(marker), ![0xC4, 0xC8, 0xCC].contains(marker) {
                let height = bytes.number(UInt16.self, at: offset + 5, .bigEndian)
                let width = bytes.number(UInt16.self, at: offset + 7, .bigEndian)
                return (Int(width), Int(height))
            }
            offset += marker == 0xFF ? 1 : 2 + Int(bytes.number(UInt16.self, at: offset + 2, .bigEndian))
        }
        return nil
    }
}
