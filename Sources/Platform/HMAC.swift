internal import CCrypto

/// Keyed digests (RFC 2104) by SHA-256.
package enum HMAC {
    /// The 32 bytes that only who has the key can make of a message.
    package static func sha256(_ message: [UInt8], key: [UInt8]) -> [UInt8] {
        let digest = [UInt8](capacity: 32) { free in
            unsafe free.withUnsafeMutableBufferPointer { target, count in
                let made = unsafe CCrypto.HMAC(
                    EVP_sha256(), key, Int32(key.count), message, message.count, target.baseAddress, nil)
                count = unsafe made == nil ? 0 : 32
            }
        }
        precondition(digest.count == 32, "HMAC gave no digest")
        return digest
    }
}
