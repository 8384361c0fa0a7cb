internal import HTTPTransport
public import Speech

extension GLMClient: Translator {
    /// Any number of lines; few at once are translated better.
    public var translationLimits: EngineLimits { EngineLimits(concurrentRequests: settings.concurrentRequests) }

    /// Translates lines by a model that chats, which is told to answer with as many.
    public func translate(_ request: TranslationRequest) async throws(RemoteError) -> [String] {
        guard !request.lines.isEmpty else { return [] }
        let body = JSON.body(
            TranslationQuestion(request, model: settings.models.translation, dialect: settings.dialect))
        return try await attempt(model: settings.models.translation) { () async throws(RemoteError) -> [String] in
            let answer: TranslationAnswer = try await ask("POST", "/chat/completions", body: body)
            return answer.lines
        }
    }
}

/// What is asked, as a chat.
private struct TranslationQuestion: Encodable {
    let model: String
    let messages: [Message]
    let temperature = 0.3
    /// A translation needs no thoughts, which cost time and tokens.
    let thinking: [String: String]?

    struct Message: Encodable {
        let role: String
        let content: String
    }

    private struct Lines: Encodable {
        let before: [String]
        let lines: [Line]
        let after: [String]
    }

    private struct Line: Encodable {
        let id: Int
        let text: String
    }

    init(_ request: TranslationRequest, model: String, dialect: GLMSettings.Dialect) {
        self.model = model
        thinking = dialect == .glm ? ["type": "disabled"] : nil
        let lines = request.lines.enumerated().map { Line(id: $0.offset + 1, text: $0.element) }
        let given = JSON.text(Lines(before: request.before, lines: lines, after: request.after))
        messages = [
            Message(role: "system", content: Self.instructions(language: request.language, count: lines.count)),
            Message(role: "user", content: given),
        ]
    }

    private static func instructions(language: String, count: Int) -> String {
        """
        You translate subtitles into the language with the code "\(language)". The user gives JSON: "lines" are to be \
        translated, "before" and "after" only show what is said around them. A sentence may go on from one line to the \
        next; keep its parts in the lines that they belong to. Be as short as speech is. Answer with JSON only, \
        {"lines":[{"id":1,"text":"…"}]}, with exactly \(count) lines and the same ids.
        """
    }
}

/// The lines of an answer, in whatever form a model gives them.
struct TranslationAnswer: Decodable {
    let lines: [String]

    private struct Chat: Decodable {
        let choices: [Choice]

        struct Choice: Decodable {
            let message: Message
        }

        struct Message: Decodable {
            /// Nothing where a model had nothing to say.
            let content: String?
        }
    }

    private struct Given: Decodable {
        let lines: [Line]
    }

    /// A line with its number, or bare.
    private struct Line: Decodable {
        let id: Int?
        let text: String

        private enum CodingKeys: String, CodingKey {
            case id, text
        }

        init(from decoder: any Decoder) throws {
            if let text = try? decoder.singleValueContainer().decode(String.self) {
                (id, self.text) = (nil, text)
            } else {
                let members = try decoder.container(keyedBy: CodingKeys.self)
                id = try? members.decode(Int.self, forKey: .id)
                text = try members.decode(String.self, forKey: .text)
            }
        }
    }

    init(from decoder: any Decoder) throws {
        let chat = try Chat(from: decoder)
        lines = Self.lines(in: chat.choices.first?.message.content ?? "")
    }

    /// The lines of a model's text: JSON, alone or among words, else numbered lines, else lines.
    ///
    /// Numbers that are not those of the question tell that lines are missing or moved: then there are none.
    static func lines(in text: String) -> [String] {
        // Some models think aloud, with braces in their thoughts.
        let answer = text.ranges(of: "</think>").last.map { text[$0.upperBound...] } ?? text[...]
        if let first = answer.matches(of: /\{\s*"lines"/).last?.range.lowerBound {
            guard let last = answer.lastIndex(of: "}"), first < last,
                let given: Given = try? JSON.decode(Array(answer[first...last].utf8))
            else { return [] }
            return inOrder(given.lines)
        }
        return answer.contains("{") ? [] : bareLines(of: answer)
    }

    /// Lines with or without numbers; one line by itself is rather what a model has to say about its task.
    private static func bareLines(of text: Substring) -> [String] {
        let lines = text.split(whereSeparator: \.isNewline).map(String.init)
        guard lines.count > 1 else { return [] }
        let numbered = lines.map { $0.prefixMatch(of: /\s*(\d{1,4})\s*[.:)、．：]\s*/) }
        // A time or an amount at the beginning of a line is no number of it.
        guard numbered.enumerated().allSatisfy({ $1.flatMap { Int($0.1) } == $0 + 1 }) else { return lines }
        return zip(lines, numbered).map { line, number in String(line[(number?.range.upperBound ?? line.startIndex)...])
        }
    }

    private static func inOrder(_ given: [Line]) -> [String] {
        let lines = given.map { line in
            (id: line.id, text: line.text.split(whereSeparator: \.isNewline).joined(separator: " "))
        }
        guard lines.contains(where: { $0.id != nil }) else { return lines.map(\.text) }
        let sorted = lines.sorted { $0.id ?? 0 < $1.id ?? 0 }
        return sorted.map(\.id) == sorted.indices.map { $0 + 1 } ? sorted.map(\.text) : []
    }
}
