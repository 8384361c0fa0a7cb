import Platform
import TestSupport
import Testing

@Suite(.tags(.handle))
struct SHA256Tests {
    @Test func `the digest of abc is the one in FIPS 180-4`() {
        let digest = SHA256.digest(of: Array("abc".utf8).span)
        let text = digest.map { String(Int($0) + 256, radix: 16).dropFirst() }.joined()
        #expect(text == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    }

    @Test func `a digest in pieces is the digest of the whole`() {
        let bytes = (0..<10_000).map { UInt8(truncatingIfNeeded: $0 * 7) }
        var digest = SHA256()
        for piece in bytes.cut(seed: 1, longest: 700) { digest.update(piece.span) }
        #expect(digest.finish() == SHA256.digest(of: bytes.span))
    }
}
