internal import GLMSpeech
internal import HTTPTransport
internal import Speech
internal import SpeechServer

/// Engines of this machine behind a server of our own, and clients of it: what only a service does, without one.
struct LocalService: Sendable {
    private let server: SpeechServer

    /// Begins to serve, at a port that is free.
    init(_ engines: ServerEngines) throws(CommandError) {
        var settings = ServerSettings()
        settings.port = 0
        do throws(ServerError) {
            server = try SpeechServer(engines, settings)
        } catch {
            throw CommandError(.failed, error.description, hint: error.hint)
        }
    }

    /// A new client.
    func client(_ log: TransportLog? = nil) throws(CommandError) -> GLMClient {
        var settings = GLMSettings(baseURL: server.address + "/api/paas/v4", credential: .none)
        settings.log = log
        do throws(RemoteError) { return try GLMClient(settings) } catch { throw CommandError(error) }
    }

    /// Serves while something is done.
    func serve<Value>(
        _ body: () async throws(CommandError) -> Value
    ) async throws(CommandError) -> Value {
        do throws(CommandError) {
            let value = try await body()
            await server.stop(within: .zero)
            return value
        } catch {
            await server.stop(within: .zero)
            throw error
        }
    }
}
