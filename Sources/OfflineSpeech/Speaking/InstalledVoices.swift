internal import Platform
internal import Speech

/// The voices of the programs that are installed.
enum InstalledVoices {
    /// flite's, then espeak-ng's by language.
    static func list() async throws(RemoteError) -> [Voice] {
        guard OfflineProgram.flite.isInstalled || OfflineProgram.espeak.isInstalled else {
            throw RemoteError(
                .missingProgram, "neither flite nor espeak-ng is installed; nothing here can speak",
                hint: Environment.installing("flite espeak-ng"))
        }
        let english =
            OfflineProgram.flite.isInstalled ? OfflineVoice.fliteNames.map { voice($0, "English, flite") } : []
        guard OfflineProgram.espeak.isInstalled else { return english }
        let limits = ChildProcess.Limits(total: .seconds(20))
        let table = try await OfflineProgram.espeak.output(["--voices"], limits: limits)
        return english + voices(inTable: String(decoding: table, as: UTF8.self))
    }

    /// A table has a head, then a voice on each line: priority, language, age and gender, name, file.
    static func voices(inTable table: String) -> [Voice] {
        var seen: Set<Substring> = []
        return table.split(separator: "\n").dropFirst().compactMap { line in
            let columns = line.split(separator: " ")
            guard columns.count >= 5, seen.insert(columns[1]).inserted, !columns[4].hasPrefix("mb/"),
                OfflineVoice.isName(String(columns[1]))
            else { return nil }
            return voice(String(columns[1]), columns[3].replacing("_", with: " ") + ", espeak-ng")
        }
    }

    private static func voice(_ id: String, _ name: String) -> Voice { Voice(id: id, name: name, kind: .official) }
}
