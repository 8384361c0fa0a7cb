internal import AudioCore
internal import HTTPTransport
internal import Speech

/// One call: what the client says is heard, answered by the engines, and told in the service's words.
///
/// One thing is answered at a time; hearing what was said goes on beside it.
actor RealtimeTalk {
    private let workshop: Workshop
    private let conversation: any VoiceConversation
    private let words: RealtimeWords
    private let session: VoiceSession
    private let id = RealtimeWords.number("sess")
    private var terms = RealtimeTerms()
    private var ear = RealtimeEar()
    /// What the user has said since the last answer.
    private var said = Said()
    /// The number of what is being said, from when it is heard to begin.
    private var item = RealtimeWords.number("item")
    /// What was said so far, by its number; the oldest are forgotten.
    private var items: [(id: String, value: JSONValue)] = []
    private var hasBegun = false
    private var hasGreeted = false
    /// Whether a turn ended that is to be answered behind the answer that is being given.
    private var owesAnswer = false
    private var answer: Running?
    private var tasks: [Int: Task<Void, Never>] = [:]
    private var taskCount = 0

    private struct Said {
        var text = ""
        var samples: [Float] = []

        /// Puts something before it.
        mutating func prepend(_ former: Said) {
            text = [former.text, text].filter { !$0.isEmpty }.joined(separator: "\n")
            samples = former.samples + samples
            samples.removeFirst(max(samples.count - RealtimeEar.longest, 0))
        }
    }

    /// An answer that is being given.
    private struct Running {
        let id: String
        let question: Said
        var task: Task<Void, Never>?
        /// Whether anything of it was told: until then the question is open.
        var hasBegun = false
    }

    /// The service keeps about so much in mind.
    private static let memory = VoiceRecord.Memory(sound: .seconds(120), turns: 40)
    private static let mostItems = 100
    /// The longest text that is said between two answers, in bytes: the service has room for a few thousand words.
    private static let longestText = 65_536

    init(_ workshop: Workshop, _ conversation: any VoiceConversation, over socket: WebSocket) {
        (self.workshop, self.conversation) = (workshop, conversation)
        words = RealtimeWords(socket)
        session = VoiceSession(conversation, keeping: Self.memory)
    }

    func begin() async {
        await words.tell("session.created", ["session": told])
        await words.tell("heartbeat")
    }

    func tellHeartbeat() async { await words.tell("heartbeat") }

    /// Ends what is still being done for the client, and waits for that.
    func end() async {
        for task in tasks.values { task.cancel() }
        for task in tasks.values { await task.value }
    }

    /// Does what the client wants; what it cannot have it is told.
    func take(_ message: WebSocketMessage) async {
        do throws(Fault) {
            try await follow(RealtimeWish(message))
        } catch {
            await words.tell(error)
        }
    }

    private var told: JSONValue { terms.told(id: id, model: workshop.engines.models.call) }

    private func begin(_ work: @escaping @Sendable () async -> Void) -> Task<Void, Never> {
        taskCount += 1
        let number = taskCount
        let task = Task {
            await work()
            forget(number)
        }
        tasks[number] = task
        return task
    }

    private func forget(_ number: Int) { tasks[number] = nil }
}

// MARK: - What the client wants

extension RealtimeTalk {
    private func follow(_ wish: RealtimeWish) async throws(Fault) {
        switch wish {
        case .update(let terms): await update(terms)
        case .updateTranscription(let terms):
            set(terms)
            await words.tell("transcription_session.updated", ["session": told])
        case .append(let bytes): try await hear(bytes)
        case .commit:
            guard let turn = ear.takeAll() else { throw .wrong("input_audio_buffer", "is empty") }
            await commit(turn)
        case .clear:
            _ = ear.takeAll()
            await words.tell("input_audio_buffer.cleared")
        case .create(let role, let text): try await create(role, text)
        case .delete(let id):
            items.removeAll { $0.id == id }
            await words.tell("conversation.item.deleted", ["item_id": .text(id)])
        case .retrieve(let id):
            guard let item = items.first(where: { $0.id == id }) else { throw .wrong("item_id", "is not known") }
            await words.tell("conversation.item.retrieved", ["item": item.value])
        case .truncate(let id): await words.tell("conversation.item.truncated", ["item_id": .text(id)])
        case .respond: try await respond()
        case .cancel:
            guard await cancel() else {
                throw Fault(.invalid, "there is nothing to stop", code: "stop_task_error")
            }
        case .ignored: break
        }
    }

    private func set(_ terms: RealtimeTerms) {
        let isOther = terms.input != self.terms.input || terms.detection != self.terms.detection
        self.terms = terms
        session.instruct(terms.instructions)
        if isOther { ear = RealtimeEar(terms) }
    }

    private func update(_ terms: RealtimeTerms) async {
        set(terms)
        await words.tell("session.updated", ["session": told])
        guard let greeting = terms.greeting, !hasGreeted else { return }
        hasGreeted = true
        await greet(with: greeting)
    }

    private func create(_ role: String, _ text: String) async throws(Fault) {
        guard said.text.utf8.count + text.utf8.count <= Self.longestText else {
            throw .wrong("item", "says more than \(Self.longestText) bytes without an answer")
        }
        let id = RealtimeWords.number("item")
        if role == "system" {
            session.instruct([terms.instructions, text].compactMap(\.self).joined(separator: "\n"))
        } else {
            said.text += (said.text.isEmpty ? "" : "\n") + text
        }
        await note(id, RealtimeWords.item(id, role: role, [RealtimeWords.content("input_text", text)]))
    }

    private func note(_ id: String, _ item: JSONValue) async {
        if !hasBegun {
            hasBegun = true
            let conversation: [String: JSONValue] = [
                "id": .text(RealtimeWords.number("conv")), "object": .text("realtime.conversation"),
            ]
            await words.tell("conversation.created", ["conversation": .object(conversation)])
        }
        items.append((id, item))
        if items.count > Self.mostItems { items.removeFirst() }
        await words.tell("conversation.item.created", ["item": item])
    }
}

// MARK: - Hearing

extension RealtimeTalk {
    private func hear(_ bytes: [UInt8]) async throws(Fault) {
        for event in try ear.append(bytes) {
            switch event {
            case .began(let milliseconds):
                await words.tell(
                    "input_audio_buffer.speech_started",
                    ["audio_start_ms": .number(Double(milliseconds)), "item_id": .text(item)])
                if terms.detection?.interrupts == true { await cancel() }
            case .ended(let milliseconds, let turn):
                await words.tell(
                    "input_audio_buffer.speech_stopped",
                    ["audio_end_ms": .number(Double(milliseconds)), "item_id": .text(item)])
                await commit(turn)
                guard terms.detection?.answers == true else { continue }
                if answer == nil { try await respond() } else { owesAnswer = true }
            }
        }
    }

    /// Makes sound a turn, and has somebody write it down.
    private func commit(_ turn: [Float]) async {
        let id = item
        item = RealtimeWords.number("item")
        said.samples += turn
        said.samples.removeFirst(max(said.samples.count - RealtimeEar.longest, 0))
        await words.tell("input_audio_buffer.committed", ["item_id": .text(id)])
        await note(id, RealtimeWords.item(id, role: "user", [RealtimeWords.content("input_audio")]))
        _ = begin { [weak self] in await self?.writeDown(turn, id) }
    }

    private func writeDown(_ turn: [Float], _ id: String) async {
        let place: [String: JSONValue] = ["item_id": .text(id), "content_index": .number(0)]
        let type = "conversation.item.input_audio_transcription."
        do throws(Fault) {
            let pass = try await workshop.hearingLane.enter()
            defer { pass.leave() }
            let clip = Self.clip(turn)
            let hearing = workshop.engines.hearing
            let transcript = try await withFaults { () async throws(RemoteError) in
                try await hearing.transcribe(clip, TranscriptionOptions())
            }
            guard transcript.text.contains(where: { !$0.isWhitespace }) else {
                throw Fault(.invalid, "no words were heard", code: "asr_no_result")
            }
            await words.tell(type + "completed", place.merging(["transcript": .text(transcript.text)]) { $1 })
        } catch {
            guard error.kind != .clientLeft else { return }
            let told = RealtimeWords.error(error, type: "ASR_ERROR")
            await words.tell(type + "failed", place.merging(["error": told]) { $1 })
        }
    }

    private static func clip(_ samples: [Float]) -> AudioClip {
        .samples(PCMChunk(format: RealtimeEar.format, start: MediaTime(frames: 0, rate: 16_000), samples: samples))
    }
}

// MARK: - Answering

extension RealtimeTalk {
    private func respond() async throws(Fault) {
        guard answer == nil else {
            throw Fault(.invalid, "an answer is being given; response.cancel ends it", code: "invalid_event")
        }
        owesAnswer = false
        let question = said
        said = Said()
        guard !question.text.isEmpty || !question.samples.isEmpty else {
            throw Fault(.invalid, "nobody has said anything that is not answered", code: "invalid_event")
        }
        await give(question) { session throws(RemoteError) in
            try await session.say(
                text: question.text.isEmpty ? nil : question.text,
                clip: question.samples.isEmpty ? nil : Self.clip(question.samples))
        }
    }

    private func greet(with text: String) async {
        let (speech, voice) = (workshop.engines.speech, workshop.engines.meant(by: terms.voice))
        await give(Said()) { _ throws(RemoteError) in
            EngineStream(Greeting(text, try speech.speak(SpeechRequest(text, voice: voice))))
        }
    }

    /// Where the events of an answer come from.
    private typealias Answerer =
        @Sendable (VoiceSession) async throws(RemoteError) -> sending EngineStream<VoiceEvent>

    private func give(_ question: Said, _ answerer: @escaping Answerer) async {
        let id = RealtimeWords.number("resp")
        answer = Running(id: id, question: question)
        await words.tell("response.created", ["response": RealtimeWords.response(id, "in_progress")])
        guard answer?.id == id else { return }
        answer?.task = begin { [weak self] in await self?.give(id, answerer) }
    }

    private func give(_ id: String, _ answerer: Answerer) async {
        var answering = RealtimeAnswering(id, words, speaks: terms.speaks)
        await answering.begin()
        do throws(Fault) {
            let pass = try await workshop.speakingLane.enter()
            defer { pass.leave() }
            var events = try await withFaults { () async throws(RemoteError) in try await answerer(session) }
                .makeAsyncIterator()
            while let event = try await withFaults({ () async throws(RemoteError) in try await events.next() }) {
                guard answer?.id == id else { return }
                answer?.hasBegun = true
                try await answering.tell(event)
            }
            guard answer?.id == id else { return }
            answer = nil
            try await answering.end()
        } catch {
            guard answer?.id == id else { return }
            answer = nil
            await words.tell(error)
            await words.tell("response.done", ["response": RealtimeWords.response(id, "failed", hasUsage: true)])
        }
        await giveOwed()
    }

    /// Answers what was said while another answer was given.
    private func giveOwed() async {
        guard owesAnswer, answer == nil, !Task.isCancelled else { return }
        owesAnswer = false
        try? await respond()
    }

    /// Ends the answer that is being given; false when there is none.
    @discardableResult
    private func cancel() async -> Bool {
        guard let running = answer.take() else { return false }
        running.task?.cancel()
        // Of what nothing was answered the next answer is to know.
        if !running.hasBegun { said.prepend(running.question) }
        await words.tell("response.cancelled", ["response": RealtimeWords.response(running.id, "cancelled")])
        return true
    }
}

/// Words that are spoken before anybody has said anything.
private final class Greeting: EngineSource {
    private var text: String?
    private var speech: EngineStream<SpeechChunk>.Iterator

    init(_ text: String, _ speech: EngineStream<SpeechChunk>) {
        self.text = text
        self.speech = speech.makeAsyncIterator()
    }

    func next() async throws(RemoteError) -> VoiceEvent? {
        if let text = text.take() { return .text(text) }
        return try await speech.next().map { .audio($0) }
    }
}
