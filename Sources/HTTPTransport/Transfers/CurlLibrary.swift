internal import CCurl

/// The library that carries the transfers.
package enum CurlLibrary {
    /// The version that runs, which may be another than that of the headers.
    package static var version: String { unsafe String(cString: oriole_curl_version()) }
}
