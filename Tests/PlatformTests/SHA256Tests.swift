import Platform
import Testing

struct SHA256Tests {
    @Test func `the digest of abc is the one in FIPS 180-4`() {
        let digest = SHA256.digest(of: Array("abc".utf8).span)
        #expect(digest.prefix(4) == [0xBA, 0x78, 0x16, 0xBF] && digest.suffix(4) == [0xF2, 0x00, 0x15, 0xAD])
    }
}
