// Computes the grid of AudioCore's prototype filter: prints the values for PrototypeFilter+Grid.swift, centre first.
//
// The grid in the repository is the one of many such designs, less than 0.1 dB apart, whose taps lose least by rounding
// to floats. This prints the design for one level of the stop band: filter-design [LEVEL in dB].

import Foundation

let level = CommandLine.arguments.dropFirst().first.flatMap { Double($0) } ?? -141.9
var exchange = Exchange(Wanted(stopLevel: level))
let taps = exchange.solve().taps()
let sum = taps[0] + 2 * taps.dropFirst().reduce(0, +)

FileHandle.standardError.write(
    Data("\(exchange.rounds) rounds; the worst point uses \(exchange.deviation) of its tolerance\n".utf8))
for tap in taps { print(String(format: "%.17g", tap / sum)) }
