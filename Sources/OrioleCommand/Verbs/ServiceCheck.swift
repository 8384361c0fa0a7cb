internal import GLMSpeech
internal import HTTPTransport
internal import Platform

#if canImport(FoundationEssentials)
    internal import FoundationEssentials
#else
    internal import Foundation
#endif

/// What can be told of the service without spending anything: the engine, the key's form, whether the server answers, and the
/// clock.
struct ServiceCheck: Encodable {
    let engine: String
    /// Where the key comes from, never what it is.
    var key: String?
    var server: String?
    /// The status of an answer to a question without a key, which proves that somebody is there.
    var status: Int?
    /// How far this machine's clock is ahead of the server's, in seconds.
    var clockAhead: Int?
    /// What is wrong, each with its remedy.
    var problems: [String] = []

    /// Looks at what is configured, and asks the server unless the engine is the offline one.
    ///
    /// What cannot be read is a problem among the others: this is where somebody looks who does not know what is wrong.
    init(_ configuration: Configuration) async {
        var key: (key: String, origin: Configuration.Origin)?
        var isKeyMissing = false
        for setting in Settings.all { if let problem = configuration.problem(of: setting) { problems.append(problem) } }
        let asked = (try? configuration.value(Settings.engine)) ?? nil
        let address = (try? configuration.value(Settings.baseURL)) ?? nil
        do throws(CommandError) {
            key = try configuration.key()
        } catch {
            // A key that is named is wanted, so that the offline engine would not be taken.
            isKeyMissing = true
            problems.append("\(error.message)\(error.hint.map { "; \($0)" } ?? "")")
        }
        engine = (asked ?? (key == nil && !isKeyMissing ? .offline : .glm)).rawValue
        self.key = key.map { "\($0.origin)" }
        if let key { checkForm(of: key.key) }
        guard engine != EngineName.offline.rawValue else { return }
        guard let url = address ?? (engine == "glm" ? GLMSettings.mainlandURL : nil)
        else {
            problems.append("nobody knows where the server is; set base-url")
            return
        }
        server = url
        await ask(url)
    }

    /// The service's keys are 32 hexadecimal digits, a dot and a secret.
    private mutating func checkForm(of key: String) {
        guard engine == "glm", key.wholeMatch(of: /[0-9a-fA-F]{32}\.[0-9A-Za-z_\-]+/) == nil else { return }
        problems.append("the key has not the form of the service's keys, 32 hexadecimal digits, a dot and a secret")
    }

    private mutating func ask(_ url: String) async {
        let limits = TransportLimits(connecting: .seconds(10), firstByte: .seconds(30), total: .seconds(30))
        do throws(TransportError) {
            let head = try await HTTPClient().send(HTTPRequest("GET", url, limits: limits)).head
            status = head.status
            if head.status >= 500 {
                problems.append("the server fails (status \(head.status)); try later, or check base-url")
            }
            guard let date = head.value("date").flatMap(HTTPDate.seconds) else { return }
            let ahead = Int(Date().timeIntervalSince1970) - date
            clockAhead = ahead
            // Signed tokens hold for minutes.
            if abs(ahead) > 60 {
                problems.append("the clock differs from the server's by \(abs(ahead)) s; set it right")
            }
        } catch {
            problems.append("the server does not answer: \(error); check base-url and the network")
        }
    }

    var lines: [String] {
        let key = key.map { "key from \($0)" } ?? "no key"
        let answer = status.map { ", answers (status \($0))" } ?? ""
        let clock = clockAhead.map { ", clock within \(abs($0)) s" } ?? ""
        return ["  engine \(engine), \(key)"] + (server.map { ["  server \($0)\(answer)\(clock)"] } ?? [])
            + problems.map { "  wrong    \($0)" }
    }
}
