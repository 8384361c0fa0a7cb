internal import Jobs
internal import Speech

extension Engines {
    /// The voice to speak with; one that was set for another engine does not keep the offline one silent.
    func voice(
        _ wanted: String?, _ configuration: Configuration, isQuiet: Bool
    ) async throws(CommandError) -> String? {
        guard let wanted, name == .offline, let origin = try configuration.text(of: Settings.voice)?.origin,
            origin != .flag(Settings.voice.flag.name)
        else { return wanted }
        let known = try? await voices.voices(nil, named: wanted)
        if known?.contains(where: { $0.id == wanted }) == true { return wanted }
        if !isQuiet { Terminal.say("note: the offline engine has no voice ‘\(wanted)’ (\(origin)) and chooses one") }
        return nil
    }

    /// Refuses a voice that the offline engine does not have, before hours of work meet it; what a service has, it says itself.
    func checkVoice(_ wanted: String?) async throws(CommandError) {
        guard let wanted, name == .offline, let known = try? await voices.voices(nil, named: wanted) else { return }
        guard !known.contains(where: { $0.id == wanted }) else { return }
        throw CommandError(.wrongUse, "the offline engine has no voice ‘\(wanted)’", hint: "oriole voices tells them")
    }

    /// What it costs to speak so many characters; nil where nothing, or nobody knows.
    func cost(ofCharacters count: Int, _ configuration: Configuration) throws(CommandError) -> String? {
        try Prices.table(configuration).cost(of: Double(count), .character, model: speechModel)?.description
    }
}
