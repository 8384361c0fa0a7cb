/// Takes secrets out of text that people or machines will keep.
package enum Redaction {
    /// What stands in a secret's place.
    package static let mark = "[redacted]"

    /// The text without what looks like a key: the service's own form (32 hexadecimal digits, a dot, a secret), signed
    /// tokens, what follows `Bearer` or `Authorization:`, keys that begin with `sk-`, and the values of parameters and
    /// members of JSON that are named like one.
    ///
    /// What is longer than ``longest`` is cut: nobody reads on, and whoever sends megabytes must not keep anybody busy.
    package static func redact(_ text: String) -> String {
        var text = withoutTokens(text.count > longest ? "\(text.prefix(longest))…" : text)
        text.replace(/[0-9a-fA-F]{32}\.[0-9A-Za-z_\-]+/, with: mark)
        text.replace(/sk-[0-9A-Za-z_\-]{8,}/, with: mark)
        text.replace(/([Bb]earer )[^\s"',;]+/) { "\($0.output.1)\(mark)" }
        text.replace(/(?i)(authorization:[ \t]*)(?![ \t]|bearer )[^\r\n]+/) { "\($0.output.1)\(mark)" }
        text.replace(/(?i)((?:authorization|api[_-]?key|token|secret|password)=)[^&\s"]+/) { "\($0.output.1)\(mark)" }
        text.replace(/(?i)(["'](?:authorization|api[_-]?key|token|secret|password)["']\s*:\s*["'])[^"']+/) {
            "\($0.output.1)\(mark)"
        }
        text.replace(/([?&]key=)[^&\s"]+/) { "\($0.output.1)\(mark)" }
        text.replace(/(:\/\/)[^\/\s@]+@/) { "\($0.output.1)\(mark)@" }
        return text
    }

    /// The most characters of a text that are kept.
    package static let longest = 2_000

    /// The same, and without a secret that is known, or either half of it.
    package static func redact(_ text: String, _ secret: String?) -> String {
        guard let secret, !secret.isEmpty else { return redact(text) }
        var text = text.replacing(secret, with: mark)
        // Half a key may be a short word, whose absence would say more than its presence.
        for half in secret.split(separator: ".") where half.count >= 8 { text = text.replacing(half, with: mark) }
        return redact(text)
    }

    /// The text without signed tokens (RFC 7519), which begin with `eyJ` and have a dot in them.
    ///
    /// By hand, since a pattern would begin anew at each of many `eyJ`.
    private static func withoutTokens(_ text: String) -> String {
        guard text.contains("eyJ") else { return text }
        var result = ""
        var rest = text[...]
        while let start = rest.firstIndex(where: isTokenCharacter) {
            let run = rest[start...].prefix(while: isTokenCharacter)
            result += rest[..<start]
            rest = rest[run.endIndex...]
            guard let token = run.firstRange(of: "eyJ"), run[token.upperBound...].contains(".") else {
                result += run
                continue
            }
            result += run[..<token.lowerBound] + mark
        }
        return result + rest
    }

    private static func isTokenCharacter(_ character: Character) -> Bool {
        character.isASCII && (character.isLetter || character.isNumber || "_-.".contains(character))
    }
}
