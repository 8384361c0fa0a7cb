/// Takes secrets out of text that people or machines will keep.
package enum Redaction {
    /// What stands in a secret's place.
    package static let mark = "[redacted]"

    /// The text without what looks like a key: the service's own form (32 hexadecimal digits, a dot, a secret), signed
    /// tokens, what follows `Bearer` or `Authorization:`, keys that begin with `sk-`, and the values of parameters and
    /// members of JSON that are named like one.
    package static func redact(_ text: String) -> String {
        var text = text
        text.replace(/[0-9a-fA-F]{32}\.[0-9A-Za-z_\-]+/, with: mark)
        text.replace(/eyJ[0-9A-Za-z_\-]+\.[0-9A-Za-z_\-]+(\.[0-9A-Za-z_\-]+)?/, with: mark)
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

    /// The same, and without a secret that is known.
    package static func redact(_ text: String, _ secret: String?) -> String {
        guard let secret, !secret.isEmpty else { return redact(text) }
        return redact(text.replacing(secret, with: mark))
    }
}
