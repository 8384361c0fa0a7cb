internal import Platform

/// The English model of pocketsphinx, which has a package of its own.
package enum RecognizerModel {
    /// Where packages put it.
    private static let places = [
        "/usr/share/pocketsphinx/model/en-us/en-us", "/usr/local/share/pocketsphinx/model/en-us/en-us",
        "/opt/homebrew/share/pocketsphinx/model/en-us/en-us",
    ]

    /// The folder that holds it, when it is installed.
    package static var folder: String? { places.first { OutputFile.isTaken("\($0)/mdef") } }
}
