#if canImport(FoundationEssentials)
    internal import FoundationEssentials
#else
    internal import Foundation
#endif

/// What models cost, as their service tells it and as a user may correct it.
package struct PriceTable: Codable, Equatable, Sendable {
    /// Prices by the model's name.
    package var models: [String: Price]

    /// What so many units cost.
    package struct Price: Codable, Equatable, Sendable {
        package var unit: Unit
        /// For how many units the amount is.
        package var count: Double
        package var amount: Double
        /// Three letters (ISO 4217).
        package var currency: String
    }

    /// What is counted.
    package enum Unit: String, Codable, Sendable {
        case character
        case minute
        case token
    }

    /// The prices that the service's own pages told in July 2026; it tells none for speech by the character.
    package static let builtIn = PriceTable(models: [
        "glm-asr-2512": Price(unit: .minute, count: 1, amount: 0.06, currency: "CNY"),
        "glm-asr": Price(unit: .minute, count: 1, amount: 0.06, currency: "CNY"),
        "glm-4-voice": Price(unit: .token, count: 1_000_000, amount: 80, currency: "CNY"),
    ])

    /// Reads a table, whose prices go before those that are built in.
    package init(reading json: [UInt8]) throws {
        let own = try JSONDecoder().decode(PriceTable.self, from: Data(json))
        models = Self.builtIn.models.merging(own.models) { _, own in own }
    }

    private init(models: [String: Price]) { self.models = models }

    /// What so many units of a model cost; nil where no price is known.
    package func cost(of count: Double, _ unit: Unit, model: String) -> Cost? {
        guard let price = models[model], price.unit == unit, price.count > 0 else { return nil }
        return Cost(amount: count / price.count * price.amount, currency: price.currency)
    }
}

/// An amount of money.
package struct Cost: Equatable, Sendable, CustomStringConvertible {
    package let amount: Double
    package let currency: String

    /// The amount with as many digits as it needs to be seen, such as `0.0042 CNY`.
    package var description: String {
        let scale = amount >= 0.01 || amount == 0 ? 100.0 : 10_000.0
        return "\((amount * scale).rounded(.up) / scale) \(currency)"
    }
}
