internal import Speech

/// A voice of one of the programs.
enum OfflineVoice: Hashable, Sendable {
    /// One of flite's, which speak English.
    case flite(String)
    /// One of espeak-ng's, by its language and perhaps a variant, such as `de` or `en-gb+f3`.
    case espeak(String)

    /// flite's voices; it takes any other name for the first of them and says nothing.
    static let fliteNames = ["rms", "slt", "awb", "kal16", "kal"]

    /// The voice for a request: the one it names, else that of its language, else that of the script of a text.
    init(named name: String?, language: String?, for text: String) throws(RemoteError) {
        guard let name = name?.replacing("_", with: "-") else {
            self.init(language: language ?? Script(of: text).language)
            return
        }
        guard !Self.fliteNames.contains(name) else {
            self = .flite(name)
            return
        }
        guard Self.isName(name) else {
            throw RemoteError(
                .unsupported, "there is no voice ‘\(name)’ here", hint: "oriole voices --engine offline lists them")
        }
        self = .espeak(Self.mandarin(name) ?? name)
    }

    private init(language: String) {
        let language = language.lowercased().replacing("_", with: "-")
        if language == "en" || language.hasPrefix("en-us") {
            self = .flite(Self.fliteNames[0])
        } else {
            self = .espeak(Self.mandarin(language) ?? language)
        }
    }

    /// Mandarin that reads characters: espeak-ng 1.51 reads them as names of letters with `cmn` and `zh`.
    private static func mandarin(_ name: String) -> String? {
        let names = ["zh", "cmn", "zh-cn", "zh-tw", "zh-sg", "zh-hans", "zh-hant"]
        return names.contains(name.lowercased()) ? "cmn-latn-pinyin" : nil
    }

    /// Names have letters, digits and few marks, and never look like an argument.
    static func isName(_ name: String) -> Bool {
        name.first?.isLetter == true
            && name.unicodeScalars.allSatisfy {
                $0.isASCII && ($0.properties.isAlphabetic || "0123456789-+_".unicodeScalars.contains($0))
            }
    }

    /// The program that has the voice.
    var program: OfflineProgram {
        switch self {
        case .flite: .flite
        case .espeak: .espeak
        }
    }

    /// Whether the voice knows every letter of a sentence; flite is silent at others, and says nothing of it.
    func canRead(_ sentence: String) -> Bool {
        switch self {
        case .flite: PlainEnglish.hasAllLetters(of: sentence)
        case .espeak: true
        }
    }

    /// The arguments to write a sentence as WAVE to standard output.
    func arguments(for text: String, speed: Double) -> [String] {
        // A zero would end the argument, and other controls are no speech either.
        let controls: Unicode.Scalar = " "
        let sentence = String(String.UnicodeScalarView(text.unicodeScalars.map { $0 < controls ? " " : $0 }))
        return switch self {
        case .flite(let name):
            [
                "-voice", name, "--setf", "duration_stretch=\(1 / speed)", "-t", PlainEnglish.text(sentence), "-o",
                "/dev/stdout",
            ]
        case .espeak(let name):
            ["-v", name, "-s", "\(Int((Self.wordsPerMinute * speed).rounded()))", "--stdout", "--", sentence]
        }
    }

    /// How fast espeak-ng speaks when nobody asks.
    private static let wordsPerMinute = 175.0
}
