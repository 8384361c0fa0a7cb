internal import CCrypto

/// A SHA-256 digest, fed piece by piece.
@safe
package struct SHA256: ~Copyable {
    private let context: OpaquePointer

    package init() {
        guard let context = unsafe EVP_MD_CTX_new(), unsafe EVP_DigestInit_ex(context, EVP_sha256(), nil) == 1 else {
            preconditionFailure("libcrypto has no memory for a digest, or no SHA-256")
        }
        unsafe self.context = context
    }

    deinit {
        unsafe EVP_MD_CTX_free(context)
    }

    /// Adds bytes to what is digested.
    package mutating func update(_ bytes: Span<UInt8>) {
        let status = unsafe bytes.withUnsafeBytes { source in
            unsafe EVP_DigestUpdate(context, source.baseAddress, source.count)
        }
        precondition(status == 1, "EVP_DigestUpdate refused bytes")
    }

    /// Ends the digest and returns its 32 bytes.
    package consuming func finish() -> [UInt8] {
        let digest = [UInt8](capacity: 32) { free in
            unsafe free.withUnsafeMutableBufferPointer { target, count in
                count = unsafe EVP_DigestFinal_ex(context, target.baseAddress, nil) == 1 ? 32 : 0
            }
        }
        precondition(digest.count == 32, "EVP_DigestFinal_ex gave no digest")
        return digest
    }

    /// The digest of bytes that are all here.
    package static func digest(of bytes: Span<UInt8>) -> [UInt8] {
        var digest = SHA256()
        digest.update(bytes)
        return digest.finish()
    }
}
