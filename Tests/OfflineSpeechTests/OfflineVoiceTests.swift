import Speech
import Testing

@testable import OfflineSpeech

struct OfflineVoiceTests {
    private static func voice(_ name: String?, _ language: String?, _ text: String) throws -> OfflineVoice {
        try OfflineVoice(named: name, language: language, for: text)
    }

    @Test(arguments: [
        ("Hello", OfflineVoice.flite("rms")), ("你好，world", .espeak("cmn-latn-pinyin")), ("こんにちは世界", .espeak("ja")),
        ("안녕하세요", .espeak("ko")), ("Привет", .espeak("ru")), ("Γειά", .espeak("el")), ("नमस्ते", .espeak("hi")),
        ("1 2 3", .flite("rms")), ("", .flite("rms")),
    ])
    func `a text is read in the language of its script`(text: String, voice: OfflineVoice) throws {
        #expect(try Self.voice(nil, nil, text) == voice)
    }

    @Test func `a language goes before the script, a voice before both`() throws {
        #expect(try Self.voice(nil, "de", "Hallo") == .espeak("de"))
        #expect(try Self.voice(nil, "en-GB", "Hello") == .espeak("en-gb"))
        #expect(try Self.voice(nil, "EN", "Hello") == .flite("rms"))
        #expect(try Self.voice("slt", "de", "Hallo") == .flite("slt"))
        #expect(try Self.voice("fr+f3", "de", "你好") == .espeak("fr+f3"))
    }

    /// `cmn` and `zh` of espeak-ng 1.51 read characters as the names of letters.
    @Test(arguments: ["zh", "cmn", "zh-CN", "zh-TW"]) func `Mandarin is always the voice that reads characters`(
        name: String
    ) throws {
        #expect(try Self.voice(name, nil, "你好") == .espeak("cmn-latn-pinyin"))
        #expect(try Self.voice(nil, name, "你好") == .espeak("cmn-latn-pinyin"))
    }

    @Test(arguments: ["-o", "--stdout", "a b", "../x", "", "de;ls", "é"]) func `what is no name reaches no program`(
        name: String
    )
        throws
    {
        let error = #expect(throws: RemoteError.self) { _ = try Self.voice(name, nil, "x") }
        #expect(error?.code == .unsupported && error?.hint?.contains("oriole voices") == true)
    }

    @Test func `text is an argument of its own, whatever it looks like`() {
        let espeak = OfflineVoice.espeak("de").arguments(for: "--help", speed: 2)
        #expect(espeak == ["-v", "de", "-s", "350", "--stdout", "--", "--help"])
        let flite = OfflineVoice.flite("rms").arguments(for: "-o /etc/passwd", speed: 0.5)
        #expect(
            flite.suffix(4) == ["-t", "-o /etc/passwd", "-o", "/dev/stdout"] && flite.contains("duration_stretch=2.0"))
    }

    @Test func `flite gets the characters that it knows`() {
        #expect(PlainEnglish.text("It’s “naïve” — café…") == "It's \"naive\" ,  cafe...")
        #expect(PlainEnglish.text("5 € ½ 你") == "5  euros   one half   ")
        #expect(PlainEnglish.text("Straße über Łódź") == "Strasse uber Lodz")
        // Letters and accents apart (NFD) are the same letters.
        #expect(PlainEnglish.text("cafe\u{301}s, Việt Nam") == "cafes, Viet Nam")
        #expect(PlainEnglish.hasAllLetters(of: "café – 1 €!") && !PlainEnglish.hasAllLetters(of: "Hello 你好"))
    }

    @Test func `the table of voices is read by its columns`() {
        let table = """
            Pty Language       Age/Gender VoiceName          File                 Other Languages
             5  cmn             --/M      Chinese_(Mandarin,_latin_as_English) sit/cmn              (zh-cmn 5)(zh 5)
             5  de              --/M      German             gmw/de
             5  de              --/F      German_2           gmw/de2
             5  zh              --/M      chinese-mb-cn1     mb/mb-cn1
            short
            """
        let voices = InstalledVoices.voices(inTable: table)
        #expect(voices.map(\.id) == ["cmn", "de"])
        #expect(voices.map(\.name) == ["Chinese (Mandarin, latin as English), espeak-ng", "German, espeak-ng"])
    }
}
