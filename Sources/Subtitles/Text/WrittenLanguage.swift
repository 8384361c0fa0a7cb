/// The language of a text, as far as its letters and its smallest words tell it.
public enum WrittenLanguage {
    /// The language that a text is most likely in; nil where nothing tells it.
    ///
    /// Most scripts tell it themselves. Of languages in Latin letters those are known whose small words are known, and a few
    /// words without any tell nothing.
    public static func guess(of text: some StringProtocol) -> String? { byScript(text) ?? byWords(text) }

    /// The likely language, and how sure that is, from 0 to 1: by the share of the letters that are of its script, or by how many
    /// small words of it there are and how few of others.
    public static func likely(of text: some StringProtocol) -> (language: String, confidence: Double)? {
        if let script = scriptShare(of: text) { return script }
        let (_, ranked) = smallWordCounts(of: text)
        guard let first = ranked.first else { return nil }
        let second = ranked.count > 1 ? ranked[1].value : 0
        // A few words may be there by chance.
        let share = Double(first.value) / Double(first.value + second)
        return (first.key, share * Double(first.value) / Double(first.value + 2))
    }

    /// The language that most of a text's letters tell; nil for Latin ones.
    static func byScript(_ text: some StringProtocol) -> String? { scriptShare(of: text)?.language }

    private static func scriptShare(of text: some StringProtocol) -> (language: String, confidence: Double)? {
        let scalars = text.unicodeScalars.filter(\.properties.isAlphabetic)
        let found = scripts.map { script in
            (
                language: script.language,
                count: scalars.count { scalar in script.ranges.contains { $0 ~= scalar.value } }
            )
        }
        // Japanese is written with Chinese characters too, and any text may have names in Latin letters.
        if let kana = found.first, kana.count * 5 > scalars.count {
            // The other letters of Japanese are Chinese ones.
            return (kana.language, Double(kana.count + found[1].count) / Double(scalars.count))
        }
        let most = found.max { $0.count < $1.count }
        return most.flatMap {
            $0.count * 4 > scalars.count ? ($0.language, Double($0.count) / Double(scalars.count)) : nil
        }
    }

    private static let scripts: [(language: String, ranges: [ClosedRange<UInt32>])] = [
        ("ja", [0x3041...0x30FF]), ("zh", [0x3400...0x9FFF, 0x20000...0x3FFFF]),
        ("ko", [0x1100...0x11FF, 0xAC00...0xD7A3]),
        ("ru", [0x400...0x4FF]), ("el", [0x370...0x3FF]), ("he", [0x590...0x5FF]), ("ar", [0x600...0x6FF]),
        ("hi", [0x900...0x97F]), ("th", [0xE00...0xE7F]),
    ]

    /// Which language has most of the small words of a text: a tenth of its words at least, and more than any other has.
    private static func byWords(_ text: some StringProtocol) -> String? {
        let (words, ranked) = smallWordCounts(of: text)
        guard let first = ranked.first, first.value * 10 >= words else { return nil }
        let isSure = ranked.count < 2 || ranked[1].value < first.value
        return isSure ? first.key : nil
    }

    /// How many words there are, and how many small ones of each language, the most first.
    private static func smallWordCounts(
        of text: some StringProtocol
    ) -> (words: Int, ranked: [(key: String, value: Int)]) {
        var (words, counts) = (0, [String: Int]())
        for word in text.split(whereSeparator: { !$0.isLetter && $0 != "'" && $0 != "’" }) {
            words += 1
            for language in smallWords[word.lowercased()] ?? [] { counts[language, default: 0] += 1 }
        }
        return (words, counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) })
    }

    /// Which languages have a word among those that stand in almost every sentence.
    private static let smallWords: [String: [String]] = {
        let lists = [
            "en":
                "the and of to is you that it was for are with his they this have from not we i what there he she in on "
                + "up no an as by or if am do did don't it's i'm be my your me at but so all just know here what's that's "
                + "let's who how our will would can had has were him her them then very about into when which come out",
            "de": "der die und das ist ich nicht du sie es ein eine zu mit wir den von auf dem sich wie für er auch im",
            "fr": "le la les et est je vous que pas un une des ne en il du dans ce qui pour elle nous sur c'est j'ai",
            "es": "el la los y es que no un una de lo por se con para mi está en las pero qué como yo su del me si",
            "it": "il la e che non è un una di per si con mi ma lo sono ho come della ti le gli questo cosa sei",
            "pt": "o a e que não é um uma de eu para com se os do da você em me mas isso ele por está na foi",
            "nl": "de het en een van ik is dat je niet zijn op te in met wat voor maar er hij we aan heb ook",
            "sv": "och det att jag är en som på inte du för med han ett vi har den till av men så om",
            "pl": "nie to się w na i jest z że do co jak tak ja ale mnie po ma czy za od jestem",
            "tr": "bir ve bu ne için ben de da mi sen var çok o değil ama daha evet her gibi",
            "id": "yang dan di itu tidak aku ini kau untuk dengan saya dari akan ada ke kami apa anda",
            "vi": "là không của và tôi có một anh đã cho được trong này người với những các",
        ]
        var known: [String: [String]] = [:]
        for (language, words) in lists {
            for word in Set(words.split(separator: " ").map(String.init)) { known[word, default: []].append(language) }
        }
        return known
    }()
}
