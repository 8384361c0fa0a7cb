import Subtitles
import TestSupport
import Testing

@Suite(.tags(.parser)) struct EncodingTests {
    @Test func `text of many encodings is read`() throws {
        let text = "1\n00:00:01,000 --> 00:00:02,000\n宇宙守护神，保护我们\n"
        let little = text.utf16.flatMap { [UInt8($0 & 255), UInt8($0 >> 8)] }
        let big = text.utf16.flatMap { [UInt8($0 >> 8), UInt8($0 & 255)] }
        let written: [[UInt8]] = [
            Array(text.utf8), [0xEF, 0xBB, 0xBF] + Array(text.utf8), [0xFF, 0xFE] + little, [0xFE, 0xFF] + big, little,
            big,
        ]
        for bytes in written { #expect(try Track(reading: bytes).cues.first?.text == "宇宙守护神，保护我们") }
        // ‘保护’ in GB18030.
        let old = Array("1\n00:00:01,000 --> 00:00:02,000\n".utf8) + [0xB1, 0xA3, 0xBB, 0xA4]
        #expect(try Track(reading: old).cues.first?.text == "保护")
        // ‘café’ in Latin 1, whose last byte is no GB18030.
        let latin = Array("1\n00:00:01,000 --> 00:00:02,000\nUn café\n".unicodeScalars.map { UInt8($0.value) })
        #expect(try Track(reading: latin).cues.first?.text == "Un café")
        let german = Array(
            "1\n00:00:01,000 --> 00:00:02,000\nDas ist für dich, schönes Mädchen.\n".unicodeScalars.map {
                UInt8($0.value)
            })
        #expect(try Track(reading: german).cues.first?.text == "Das ist für dich, schönes Mädchen.")
    }

    @Test func `Korean and Japanese of former encodings are not taken for Chinese`() throws {
        let head = Array("1\n00:00:01,000 --> 00:00:02,000\n".utf8)
        // ‘안녕하세요 여러분, 반갑습니다. 오늘은 날씨가 좋네요.’ in EUC-KR, and ‘こんにちは、世界のみなさん’ in Shift JIS.
        let korean: [UInt8] = [
            0xBE, 0xC8, 0xB3, 0xE7, 0xC7, 0xCF, 0xBC, 0xBC, 0xBF, 0xE4, 0x20, 0xBF, 0xA9, 0xB7,
            0xAF, 0xBA, 0xD0, 0x2C, 0x20, 0xB9, 0xDD, 0xB0, 0xA9, 0xBD, 0xC0, 0xB4, 0xCF, 0xB4,
            0xD9, 0x2E, 0x20, 0xBF, 0xC0, 0xB4, 0xC3, 0xC0, 0xBA, 0x20, 0xB3, 0xAF, 0xBE, 0xBE,
            0xB0, 0xA1, 0x20, 0xC1, 0xC1, 0xB3, 0xD7, 0xBF, 0xE4, 0x2E,
        ]
        let japanese: [UInt8] = [
            0x82, 0xB1, 0x82, 0xF1, 0x82, 0xC9, 0x82, 0xBF, 0x82, 0xCD, 0x81, 0x41, 0x90, 0xA2, 0x8A, 0x45, 0x82, 0xCC,
            0x82, 0xDD, 0x82, 0xC8, 0x82, 0xB3, 0x82, 0xF1,
        ]
        #expect(try Track(reading: head + korean).cues.first?.text == "안녕하세요 여러분, 반갑습니다. 오늘은 날씨가 좋네요.")
        #expect(try Track(reading: head + japanese).cues.first?.text == "こんにちは、世界のみなさん")
        // A zero within is no reason to refuse the rest.
        #expect(try Track(reading: head + Array("caf\0é".utf8)).cues.first?.text == "café")
    }

    @Test func `what is no text is refused by name`() {
        let code: ([UInt8]) -> SubtitleError.Code? = { bytes in
            do throws(SubtitleError) {
                _ = try Track(reading: bytes)
                return nil
            } catch {
                return error.code
            }
        }
        #expect(code(Array("just a letter to nobody".utf8)) == .malformedInput)
        #expect(code((0..<2_000).map { UInt8(truncatingIfNeeded: $0 &* 37 &+ $0 >> 3) }) != nil)
    }

    @Test func `a torn byte does not make a file another language`() throws {
        let head = Array("1\n00:00:01,000 --> 00:00:02,000\n".utf8)
        let torn = head + Array("我们今天去北京看朋友，然后一起吃饭。".utf8) + [0xFF]
        #expect(try Track(reading: torn).cues.first?.text.hasPrefix("我们今天去北京看朋友") == true)
    }
}
