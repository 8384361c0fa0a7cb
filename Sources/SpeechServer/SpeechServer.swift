internal import Platform
internal import Synchronization

/// A server on this machine that speaks and listens for other programs, in the words that they know: GLM's, OpenAI's, and those of
/// the web service that subtitle managers ask.
///
/// ```swift
/// let engine = OfflineEngine()
/// let server = try SpeechServer(ServerEngines(speech: engine, hearing: engine))
/// print("listening on \(server.address)")
/// await server.stop(within: .seconds(10))
/// ```
public final class SpeechServer: Sendable {
    /// Where it can be reached.
    public let address: String
    private let listener: HTTPListener
    private let service: SpeechService

    /// Begins to serve.
    ///
    /// - Throws: when the address cannot be had.
    public init(_ engines: ServerEngines, _ settings: ServerSettings = ServerSettings()) throws(ServerError) {
        service = SpeechService(engines, settings)
        do throws(SystemError) {
            let socket = try ListeningSocket(host: settings.host, port: settings.port)
            listener = try HTTPListener(at: socket, service, ListenerLimits())
        } catch {
            throw ServerError(error)
        }
        address = "\(listener.address)"
    }

    /// How many requests are received, worked on or answered at the moment.
    public var requestCount: Int { listener.exchangeCount }

    /// Takes no more requests, finishes those that there are while they have time, and ends the others.
    ///
    /// A server that is dropped ends in the same way, without giving time.
    public func stop(within grace: Duration) async { await listener.stop(within: grace) }

    deinit { Task.detached { [listener] in await listener.stop(within: .zero) } }
}

/// Why a server cannot serve.
public struct ServerError: Error, Equatable, Sendable, CustomStringConvertible {
    /// What went wrong.
    public let description: String
    /// What to do about it, when there is something to do.
    public let hint: String?

    init(_ error: SystemError) {
        description = "\(error.subject): \(error.text)"
        hint = error.isAddressInUse ? "another program listens there; --port N takes another port, 0 any" : nil
    }
}
