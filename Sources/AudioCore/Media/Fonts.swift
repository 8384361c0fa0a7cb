internal import Platform

/// What the fonts of this machine can show; without one for a script, boxes would be drawn into a film.
enum Fonts {
    /// Refuses a text of which no font has some script; where nobody can be asked, all is believed to be there.
    static func check(_ text: String) async throws(AudioError) {
        guard let program = Environment.program("fc-list") else { return }
        for letter in samples(of: text) where try await !isShown(letter, program) {
            let isEastAsian = (0x1100...0x11FF).contains(letter.value) || (0x2E80...0xD7FF).contains(letter.value)
            throw AudioError(
                .missingProgram, "no font here has ‘\(letter)’, so that boxes would be drawn",
                remedy: Environment.installing(isEastAsian ? "fonts-noto-cjk" : "fonts-noto-core"))
        }
    }

    /// A letter of each script, as far as blocks of characters tell scripts: Latin ones are in every font.
    static func samples(of text: String) -> [Unicode.Scalar] {
        var found: [UInt32: Unicode.Scalar] = [:]
        for scalar in text.unicodeScalars where scalar.value >= 0x370 && scalar.properties.isAlphabetic {
            let isHan = (0x3400...0x9FFF).contains(scalar.value)
            let isHangul = (0xAC00...0xD7A3).contains(scalar.value)
            let block = isHan ? 0x34 : isHangul ? 0xAC : scalar.value >> 8
            if found[block] == nil { found[block] = scalar }
            if found.count == mostScripts { break }
        }
        return found.values.sorted()
    }

    /// More scripts in one film would be asked for in vain.
    private static let mostScripts = 8

    private static func isShown(_ letter: Unicode.Scalar, _ program: String) async throws(AudioError) -> Bool {
        do {
            var child = try ChildProcess(
                "fc-list", at: program, arguments: [":charset=\(String(letter.value, radix: 16))", "family"],
                limits: .init(total: .seconds(60)))
            var fonts: [UInt8] = []
            while try await child.read(appendingTo: &fonts) {}
            return try await !child.finish().isSuccess || !fonts.isEmpty
        } catch let error as ChildProcess.Failure {
            throw AudioError(error, program: "fc-list")
        } catch {
            return true
        }
    }
}
