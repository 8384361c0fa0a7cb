internal import CCrypto

/// The SHA-1 digest, which is no secret's guard any more: web sockets begin with it.
package enum SHA1 {
    /// The 20 bytes of the digest.
    package static func digest(of bytes: Span<UInt8>) -> [UInt8] {
        let digest = [UInt8](capacity: 20) { free in
            unsafe free.withUnsafeMutableBufferPointer { target, count in
                let status = unsafe bytes.withUnsafeBytes { source in
                    unsafe EVP_Digest(source.baseAddress, source.count, target.baseAddress, nil, EVP_sha1(), nil)
                }
                count = status == 1 ? 20 : 0
            }
        }
        precondition(digest.count == 20, "libcrypto has no SHA-1")
        return digest
    }
}
