// swift-tools-version: 6.2

import PackageDescription

let swift: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .strictMemorySafety(),
    .treatAllWarnings(as: .error),
]

let package = Package(
    name: "Oriole",
    platforms: [.macOS("26.0")],
    products: [
        .library(name: "Oriole", targets: ["Oriole"]),
        .library(name: "AudioCore", targets: ["AudioCore"]),
        .library(name: "Audiobooks", targets: ["Audiobooks"]),
        .library(name: "Captioning", targets: ["Captioning"]),
        .library(name: "GLMSpeech", targets: ["GLMSpeech"]),
        .library(name: "SpeechServer", targets: ["SpeechServer"]),
        .executable(name: "oriole", targets: ["OrioleCommand"]),
    ],
    targets: [
        // The front doors.
        .executableTarget(
            name: "OrioleCommand",
            dependencies: [
                "AudioCore", "Audiobooks", "Captioning", "GLMSpeech", "HTTPTransport", "Jobs", "OfflineSpeech",
                "Platform", "Speech", "SpeechServer", "Subtitles",
            ],
            swiftSettings: swift),
        .target(
            name: "Oriole",
            dependencies: [
                "AudioCore", "Audiobooks", "Captioning", "GLMSpeech", "HTTPTransport", "OfflineSpeech", "Speech",
                "SpeechServer", "Subtitles",
            ],
            swiftSettings: swift),
        .target(
            name: "SpeechServer",
            dependencies: [
                "Captioning", "Subtitles", "Speech", "Jobs", "AudioCore", "HTTPTransport", "Platform", "CMicroHTTPD",
            ],
            swiftSettings: swift),

        // The products.
        .target(
            name: "Captioning", dependencies: ["Speech", "Jobs", "Subtitles", "AudioCore", "Platform"],
            swiftSettings: swift),
        .target(
            name: "Audiobooks",
            dependencies: ["Speech", "Jobs", "Subtitles", "AudioCore", "Platform", "CArchive", "CXML2"],
            swiftSettings: swift),

        // The core and the ground below it.
        .target(
            name: "AudioCore",
            dependencies: ["Platform", "CAudioKernels", "COgg", "COpus", "CSampleRate", "CSndFile"],
            swiftSettings: swift),
        .target(name: "Platform", dependencies: ["CCrypto"], swiftSettings: swift),
        .target(name: "CAudioKernels", cSettings: [.treatAllWarnings(as: .error)]),

        .target(
            name: "GLMSpeech", dependencies: ["Speech", "HTTPTransport", "AudioCore", "Platform", "CAudioKernels"],
            swiftSettings: swift),
        // A target of its own, since ICU's headers and those of Swift's Foundation do not bear each other.
        .target(
            name: "CICU", cSettings: [.treatAllWarnings(as: .error)],
            linkerSettings: [.linkedLibrary("icuuc"), .linkedLibrary("icui18n")]),
        .target(name: "Subtitles", dependencies: ["CICU"], swiftSettings: swift),
        .target(name: "Jobs", dependencies: ["Platform"], swiftSettings: swift),
        .target(name: "OfflineSpeech", dependencies: ["Speech", "AudioCore", "Platform"], swiftSettings: swift),
        .target(name: "Speech", dependencies: ["AudioCore"], swiftSettings: swift),
        .target(name: "HTTPTransport", dependencies: ["Platform", "CCurl"], swiftSettings: swift),

        // System libraries: a module map and a shim header each.
        .systemLibrary(
            name: "CArchive", pkgConfig: "libarchive",
            providers: [.apt(["libarchive-dev"]), .brew(["libarchive"])]),
        .systemLibrary(
            name: "CCrypto", pkgConfig: "libcrypto",
            providers: [.apt(["libssl-dev"]), .brew(["openssl@3"])]),
        .systemLibrary(
            name: "CCurl", pkgConfig: "libcurl",
            providers: [.apt(["libcurl4-openssl-dev"]), .brew(["curl"])]),
        .systemLibrary(
            name: "CMicroHTTPD", pkgConfig: "libmicrohttpd",
            providers: [.apt(["libmicrohttpd-dev"]), .brew(["libmicrohttpd"])]),
        .systemLibrary(
            name: "COgg", pkgConfig: "ogg",
            providers: [.apt(["libogg-dev"]), .brew(["libogg"])]),
        .systemLibrary(
            name: "COpus", pkgConfig: "opus",
            providers: [.apt(["libopus-dev"]), .brew(["opus"])]),
        .systemLibrary(
            name: "CSampleRate", pkgConfig: "samplerate",
            providers: [.apt(["libsamplerate0-dev"]), .brew(["libsamplerate"])]),
        .systemLibrary(
            name: "CSndFile", pkgConfig: "sndfile",
            providers: [.apt(["libsndfile1-dev"]), .brew(["libsndfile"])]),
        .systemLibrary(
            name: "CXML2", pkgConfig: "libxml-2.0",
            providers: [.apt(["libxml2-dev"]), .brew(["libxml2"])]),

        // Tests.
        .target(
            name: "TestSupport", dependencies: ["AudioCore", "HTTPTransport", "Platform"], path: "Tests/TestSupport",
            swiftSettings: swift),
        .testTarget(name: "PlatformTests", dependencies: ["Platform", "TestSupport"], swiftSettings: swift),
        .testTarget(
            name: "HTTPTransportTests", dependencies: ["HTTPTransport", "Platform", "TestSupport"],
            swiftSettings: swift),
        .testTarget(
            name: "SpeechTests", dependencies: ["Speech", "AudioCore", "TestSupport"], swiftSettings: swift),
        .testTarget(
            name: "CaptioningTests",
            dependencies: ["Captioning", "Jobs", "Speech", "Subtitles", "AudioCore", "Platform", "TestSupport"],
            swiftSettings: swift),
        .testTarget(
            name: "AudiobooksTests",
            dependencies: [
                "Audiobooks", "OfflineSpeech", "Speech", "Jobs", "Subtitles", "AudioCore", "Platform", "TestSupport",
            ],
            swiftSettings: swift),
        .testTarget(
            name: "SubtitlesTests", dependencies: ["Subtitles", "Platform", "TestSupport"], swiftSettings: swift),
        .testTarget(name: "JobsTests", dependencies: ["Jobs", "Platform", "TestSupport"], swiftSettings: swift),
        .testTarget(
            name: "OfflineSpeechTests",
            dependencies: ["OfflineSpeech", "Speech", "AudioCore", "Platform", "TestSupport"], swiftSettings: swift),
        .testTarget(
            name: "GLMSpeechTests",
            dependencies: ["GLMSpeech", "Speech", "HTTPTransport", "AudioCore", "Platform", "TestSupport"],
            swiftSettings: swift),
        .testTarget(
            name: "AudioCoreTests",
            dependencies: ["AudioCore", "CAudioKernels", "Platform", "TestSupport"],
            swiftSettings: swift),
        .testTarget(
            name: "SpeechServerTests",
            dependencies: [
                "SpeechServer", "Captioning", "Subtitles", "Speech", "AudioCore", "HTTPTransport", "Platform",
                "TestSupport",
            ],
            swiftSettings: swift),
        .testTarget(name: "ReadmeTests", dependencies: ["Oriole", "TestSupport"], swiftSettings: swift),
        .testTarget(
            name: "OrioleCommandTests",
            dependencies: ["OrioleCommand", "AudioCore", "Oriole", "Platform", "Subtitles", "TestSupport"],
            swiftSettings: swift),
    ]
)
