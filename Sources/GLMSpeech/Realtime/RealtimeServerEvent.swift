internal import AudioCore
public import HTTPTransport

/// What GLM-Realtime says.
public struct RealtimeServerEvent: Hashable, Sendable {
    /// The service's number of the event; empty where it tells none.
    public let id: String
    /// When, in milliseconds since 1970, where the service tells it.
    public let timestamp: Int64?
    /// What is said.
    public let kind: Kind

    /// What is said.
    public enum Kind: Hashable, Sendable {
        /// `error`: something did not go; most leave the conversation open.
        case error(RealtimeFault)
        /// `session.created`
        case sessionCreated(JSONValue)
        /// `session.updated`, which some answer with the name of the request.
        case sessionUpdated(JSONValue)
        /// `transcription_session.updated`, which the table of the service spells with a dot.
        case transcriptionUpdated(JSONValue)
        /// `conversation.created`
        case conversationCreated(id: String)
        /// `conversation.item.created`
        case itemCreated(Item)
        /// `conversation.item.retrieved`
        case itemRetrieved(Item)
        /// `conversation.item.deleted`
        case itemDeleted(id: String)
        /// `conversation.item.truncated`
        case itemTruncated(id: String)
        /// `conversation.item.input_audio_transcription.completed`: what the user said; a model of its own hears that, at any time.
        case heard(String, itemID: String)
        /// `conversation.item.input_audio_transcription.failed`
        case notHeard(RealtimeFault, itemID: String)
        /// `input_audio_buffer.committed`
        case committed(itemID: String)
        /// `input_audio_buffer.cleared`
        case cleared
        /// `input_audio_buffer.speech_started`
        case speechStarted(milliseconds: Int, itemID: String)
        /// `input_audio_buffer.speech_stopped`
        case speechStopped(milliseconds: Int, itemID: String)
        /// `response.created`
        case responseCreated(Response)
        /// `response.done`
        case responseDone(Response)
        /// `response.cancelled`
        case responseCancelled(Response)
        /// `response.output_item.added`
        case outputAdded(Item, in: Place)
        /// `response.output_item.done`
        case outputDone(Item, in: Place)
        /// `response.content_part.added`
        case partAdded(type: String, in: Place)
        /// `response.content_part.done`
        case partDone(type: String, in: Place)
        /// `response.text.delta`
        case text(String, in: Place)
        /// `response.text.done`
        case textDone(String, in: Place)
        /// `response.audio_transcript.delta`: what the sound says, by a model of its own.
        case transcript(String, in: Place)
        /// `response.audio_transcript.done`
        case transcriptDone(String, in: Place)
        /// `response.audio.delta`: one channel at 24 kHz, two bytes a sample.
        case audio([UInt8], in: Place)
        /// `response.audio.done`
        case audioDone(in: Place)
        /// `response.function_call_arguments.delta`
        case argumentsDelta(String, in: Place)
        /// `response.function_call_arguments.done`: the model wants something done.
        case call(Call, in: Place)
        /// `response.function_call.simple_browser`: the service looks something up by itself.
        case searching(name: String)
        /// `response.function_call.simple_browser.result`
        case searched(JSONValue)
        /// `rate_limits.updated`
        case rateLimits([RateLimit])
        /// `heartbeat`: the service is there; nothing is to be answered.
        case heartbeat
        /// No event of the service's: the connection broke and was made anew, and the service knows nothing of what was said before.
        case reconnected(reason: String)
        /// What is none of these, as it came.
        case other(type: String, JSONValue)
    }

    /// Where in an answer something belongs.
    public struct Place: Hashable, Sendable {
        /// The number of the answer.
        public var responseID = ""
        /// The number of the item.
        public var itemID = ""
        /// The place of the item in the answer.
        public var outputIndex = 0
        /// The place of the part in the item.
        public var contentIndex = 0
    }

    /// A turn of the conversation, or a part of an answer.
    public struct Item: Hashable, Sendable {
        /// Its number.
        public var id = ""
        /// `message`, `function_call` or `function_call_output`.
        public var type = ""
        /// `user`, `assistant` or `system`.
        public var role: String?
        /// `completed`, `incomplete` or `in_progress`.
        public var status: String?
        /// What is in it, as far as it is text.
        public var texts: [String] = []
    }

    /// An answer.
    public struct Response: Hashable, Sendable {
        /// Its number.
        public var id = ""
        /// `in_progress`, `completed` or `cancelled`.
        public var status: String?
        /// Tokens that it took: the service may say nothing but zeros.
        public var usage: Usage?
    }

    /// Tokens.
    public struct Usage: Hashable, Sendable {
        /// All of them.
        public var total = 0
        /// Those of the question.
        public var input = 0
        /// Those of the answer.
        public var output = 0
    }

    /// Something that the model wants done.
    public struct Call: Hashable, Sendable {
        /// The name of the tool.
        public var name = ""
        /// What it is given: JSON, if the model keeps to the schema.
        public var arguments = ""
        /// The number of the call; the service tells none.
        public var id: String?
    }

    /// How much may still be asked.
    public struct RateLimit: Hashable, Sendable {
        /// Of what: requests or tokens.
        public var name = ""
        /// How much in all.
        public var limit = 0.0
        /// How much is left.
        public var remaining = 0.0
        /// Seconds until there is all of it again.
        public var resetSeconds = 0.0
    }
}

/// Something that did not go.
public struct RealtimeFault: Hashable, Sendable {
    /// A word such as `invalid_event`, or a number such as `1220`.
    public let code: String
    /// What kind, in the service's words.
    public let type: String
    /// What went wrong.
    public let message: String
}
