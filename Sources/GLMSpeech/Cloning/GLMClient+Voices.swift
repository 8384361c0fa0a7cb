internal import AudioCore
internal import HTTPTransport
internal import Platform
public import Speech

extension GLMClient: VoiceCatalog {
    /// The voices, of a kind or whose name contains some letters.
    public func voices(_ kind: Voice.Kind? = nil, named name: String? = nil) async throws(RemoteError) -> [Voice] {
        var query: [String] = []
        if let kind { query.append("voiceType=\(kind.rawValue)") }
        if let name { query.append("voiceName=\(Self.percentEncoded(name))") }
        let path = "/voice/list" + (query.isEmpty ? "" : "?" + query.joined(separator: "&"))
        return try await attempt(model: settings.models.cloning) { () async throws(RemoteError) -> [Voice] in
            let list: VoiceList = try await ask("GET", path)
            return list.voices.map(\.voice)
        }
    }

    /// Makes a voice like the one in a sample: sends the file, then asks for the voice.
    public func clone(_ sample: VoiceSample) async throws(RemoteError) -> ClonedVoice {
        let form = try Self.form(sample)
        let model = settings.models.cloning
        let fileID = try await attempt(model: model) { () async throws(RemoteError) -> String in
            let stored: StoredFile = try await ask("POST", "/files", body: .form(form))
            return stored.id
        }
        let wish = CloneWish(
            model: model, name: sample.name, input: sample.previewText, fileID: fileID, text: sample.transcript)
        return try await attempt(model: model) { () async throws(RemoteError) -> ClonedVoice in
            do throws(RemoteError) {
                let made: MadeVoice = try await ask("POST", "/voice/clone", body: JSON.body(wish))
                return ClonedVoice(id: made.voice, previewFileID: made.fileID)
            } catch {
                throw Self.final(error)
            }
        }
    }

    /// A wish whose answer was lost may have been granted: asked again, the service would only say that the name is taken.
    private static func final(_ error: RemoteError) -> RemoteError {
        guard error.code == .endedEarly || error.code == .timedOut else { return error }
        var final = error
        final.mayRetry = false
        final.hint = "the voice may have been made all the same: list the voices of one's own"
        return final
    }

    /// Deletes a voice of one's own.
    public func deleteVoice(_ id: String) async throws(RemoteError) {
        try await attempt(model: settings.models.cloning) { () async throws(RemoteError) in
            let _: DeletedVoice = try await ask("POST", "/voice/delete", body: JSON.body(["voice": id]))
        }
    }

    /// The most bytes of a sample.
    public static let largestSample = 10 << 20

    private static func form(_ sample: VoiceSample) throws(RemoteError) -> Multipart {
        guard !sample.name.isEmpty, !sample.previewText.isEmpty else {
            throw RemoteError(.invalidRequest, "a voice needs a name, and its preview something to say")
        }
        let file = try UploadFile.open(sample.path)
        guard file.byteCount <= largestSample else {
            throw RemoteError(
                .limitExceeded, "a sample of \(file.byteCount) bytes, where \(largestSample) is the most",
                hint: "3 to 30 seconds are enough")
        }
        let name = String(sample.path.split(separator: "/").last ?? "sample.wav")
        var form = Multipart()
        form.add("purpose", "voice-clone-input")
        form.add("file", file: file, fileName: name, type: PreparedClip.type(of: name))
        return form
    }

    /// Everything but what needs no escape (RFC 3986, section 2.3).
    private static func percentEncoded(_ text: String) -> String {
        let plain = Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~".utf8)
        let digits = Array("0123456789ABCDEF")
        return text.utf8.map { byte in
            plain.contains(byte)
                ? String(decoding: [byte], as: UTF8.self) : "%\(digits[Int(byte >> 4)])\(digits[Int(byte & 15)])"
        }.joined()
    }
}

private struct VoiceList: Decodable {
    let voices: [Entry]

    /// A voice, with what only some have.
    struct Entry: Decodable {
        let id: String
        let name: String?
        let kind: String?
        let sampleURL: String?
        let created: String?

        var voice: Voice {
            Voice(
                id: id, name: name ?? id, kind: kind.flatMap(Voice.Kind.init), created: created, sampleURL: sampleURL)
        }

        private enum CodingKeys: String, CodingKey {
            case id = "voice"
            case name = "voice_name"
            case kind = "voice_type"
            case sampleURL = "download_url"
            case created = "create_time"
        }
    }

    private enum CodingKeys: String, CodingKey { case voices = "voice_list" }
}

private struct StoredFile: Decodable {
    let id: String
}

private struct CloneWish: Encodable {
    let model: String
    let name: String
    let input: String
    let fileID: String
    let text: String?

    private enum CodingKeys: String, CodingKey {
        case model, input, text
        case name = "voice_name"
        case fileID = "file_id"
    }
}

private struct MadeVoice: Decodable {
    let voice: String
    let fileID: String?

    private enum CodingKeys: String, CodingKey {
        case voice
        case fileID = "file_id"
    }
}

private struct DeletedVoice: Decodable {
    let voice: String?
}
