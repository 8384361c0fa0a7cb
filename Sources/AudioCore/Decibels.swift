#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

// Levels: decibels of amplitude and of power, with −∞ for silence.

func decibelsToFactor(_ decibels: Double) -> Double { pow(10, decibels / 20) }

func factorToDecibels(_ factor: Double) -> Double { 20 * log10(abs(factor)) }

func powerToDecibels(_ power: Double) -> Double { 10 * log10(power) }

func decibelsToPower(_ decibels: Double) -> Double { pow(10, decibels / 10) }
