/// Turns what espeak-ng writes of a pronunciation (the International Phonetic Alphabet) into the phones of the recognizer's
/// English model: the nearest sounds, since times need far less likeness than recognition does.
struct PhoneTable: Sendable {
    private typealias Scalars = [Unicode.Scalar]

    /// Keys by their first scalar, the longest first.
    private let entries: [Unicode.Scalar: [Entry]]
    /// What is taken out before anything is looked up: stress and tone, where they stand within a sound.
    private let removed: Set<Unicode.Scalar>

    private struct Entry: Sendable {
        let key: [Unicode.Scalar]
        let phones: [String]
    }

    /// Reads lines of `keys = phones`, each with blanks between.
    private init(removing marks: String, _ lines: String) {
        var entries: [Unicode.Scalar: [Entry]] = [:]
        for line in lines.split(separator: "\n") {
            let sides = line.split(separator: "=")
            let phones = sides[1].split(separator: " ").map(String.init)
            for key in sides[0].split(separator: " ") {
                let scalars = Scalars(key.unicodeScalars)
                entries[scalars[0], default: []].append(Entry(key: scalars, phones: phones))
            }
        }
        self.entries = entries.mapValues { $0.sorted { $0.key.count > $1.key.count } }
        removed = Set(marks.unicodeScalars)
    }

    /// The phones of a pronunciation; signs that are in no table are skipped.
    func phones(of pronunciation: String) -> [String] {
        // Where espeak-ng changes its language, it says so in parentheses.
        let text = pronunciation.replacing(/\([a-z-]+\)/, with: "")
        var rest = Scalars(text.unicodeScalars.filter { !removed.contains($0) })[...]
        var phones: [String] = []
        while let first = rest.first {
            if let entry = entries[first]?.first(where: { rest.starts(with: $0.key) }) {
                phones += entry.phones
                rest = rest.dropFirst(entry.key.count)
            } else {
                rest = rest.dropFirst()
            }
        }
        return phones
    }
}

extension PhoneTable {
    /// For every language but Mandarin.
    static let general = PhoneTable(
        removing: "",
        """
        tʃ t͡ʃ tʃh ts. ts.h tɕh=CH
        dʒ tɕ=JH
        ts tsh=T S
        aɪə aɪɚ=AY ER
        aʊə aʊɚ=AW ER
        aɪ=AY
        aʊ=AW
        eɪ=EY
        oʊ əʊ o oː=OW
        ɔɪ=OY
        ɔːɹ oːɹ=AO R
        ɑːɹ=AA R
        ɪɹ=IH R
        ɛɹ=EH R
        ʊɹ=UH R
        ɚ ɜː ɝ ø œ=ER
        iə=IY AH
        iː i y=IY
        uː u=UW
        ɔː ɔ=AO
        ɑː ɑ ɒ=AA
        əl=AH L
        ən n̩=AH N
        ᵻ ɪ=IH
        ʊ=UH
        ɛ e=EH
        æ a=AE
        ɐ ə ʌ=AH
        p=P
        b=B
        t ʔ=T
        d ɾ=D
        k=K
        ɡ g=G
        f=F
        v=V
        θ=TH
        ð=DH
        s=S
        z=Z
        ʃ ɕ s.=SH
        ʒ=ZH
        ʐ ɹ r ʁ=R
        χ x h ç=HH
        m=M
        n=N
        ŋ=NG
        ɲ=N Y
        l ɫ=L
        ʎ=L Y
        j=Y
        w=W
        """)

    /// For espeak-ng's voice of Mandarin in pinyin: English voiced stops are the nearest to p, t and k without
    /// breath, a stop and a hiss to zh and ch, and the hiss of ‘measure’ to r.
    static let mandarin = PhoneTable(
        removing: "0123456789ˈˌɜ",
        """
        tɕh=CH
        tɕ=JH
        ts.h=T SH
        ts.=D ZH
        tsh=T S
        ts=D Z
        s. ɕ=SH
        ʐ=ZH
        ɹ r=R
        χ h=HH
        ph=P
        th=T
        kh=K
        p=B
        t=D
        k ɡ=G
        f=F
        s=S
        m=M
        l=L
        iɛn=Y EH N
        iɑu iau=Y AW
        iou=Y OW
        ai=AY
        ei=EY
        au ɑu=AW
        ou=OW
        uo=W AO
        o- i. ɚ=ER
        i̪ i[=IH Z
        onɡ=UH NG
        ŋ nɡ=NG
        n=N
        yɛ yæ=Y EH
        y=Y UW
        ə=AH
        ɑ a=AA
        ɛ e=EH
        i=IY
        ɪ=IH
        u=UW
        ʊ=UH
        o ɔ=AO
        w=W
        j=Y
        """)
}
