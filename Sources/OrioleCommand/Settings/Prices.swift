internal import AudioCore
internal import Jobs
internal import Platform

/// What things cost: as built in, and as the user wrote into `prices.json` beside the configuration file.
enum Prices {
    static func table(_ configuration: Configuration) throws(CommandError) -> PriceTable {
        guard let folder = try configuration.file()?.folder else { return .builtIn }
        let path = folder + "/prices.json"
        let bytes: [UInt8]
        do throws(SystemError) {
            bytes = try OpenFile.contents(of: path, limit: 1 << 20)
        } catch {
            guard error.isNotFound else { throw CommandError(AudioError(error)) }
            return .builtIn
        }
        do {
            return try PriceTable(reading: bytes)
        } catch {
            throw CommandError(
                .wrongUse, "\(path) is no table of prices",
                hint: #"{"models":{"glm-tts":{"unit":"character","count":10000,"amount":2,"currency":"CNY"}}}"#)
        }
    }
}

extension ConfigurationFile {
    /// The folder that it is in.
    var folder: String {
        path.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
    }
}
