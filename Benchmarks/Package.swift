// swift-tools-version: 6.2

// A package of its own, so that nobody who uses Oriole resolves the peers it is measured against.

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
    name: "Benchmarks",
    platforms: [.macOS("26.0")],
    dependencies: [.package(name: "Oriole", path: "..")],
    targets: [
        .executableTarget(
            name: "oriole-benchmarks",
            dependencies: [
                .product(name: "AudioCore", package: "Oriole"), .product(name: "GLMSpeech", package: "Oriole"),
                .product(name: "Oriole", package: "Oriole"), "CPeers",
            ],
            swiftSettings: swift),
        .executableTarget(
            name: "oriole-latency-client",
            dependencies: [
                .product(name: "GLMSpeech", package: "Oriole"), .product(name: "Oriole", package: "Oriole"),
            ],
            swiftSettings: swift),
        .executableTarget(name: "filter-design", swiftSettings: swift),
        .executableTarget(
            name: "sndfile-soxr",
            dependencies: ["CSoxr", "CSndFilePeer"],
            cSettings: [.treatAllWarnings(as: .error)],
            linkerSettings: [.linkedLibrary("soxr"), .linkedLibrary("sndfile")]),
        .executableTarget(name: "meter", cSettings: [.treatAllWarnings(as: .error)]),
        .target(
            name: "CPeers",
            dependencies: ["CSoxr", "COpusEnc", "CEBUR128"],
            cSettings: [.treatAllWarnings(as: .error)],
            linkerSettings: [
                .linkedLibrary("soxr"), .linkedLibrary("samplerate"), .linkedLibrary("opusenc"),
                .linkedLibrary("opus"), .linkedLibrary("ebur128"),
            ]),
        .systemLibrary(name: "CSoxr", pkgConfig: "soxr", providers: [.apt(["libsoxr-dev"]), .brew(["libsoxr"])]),
        .systemLibrary(
            name: "COpusEnc", pkgConfig: "libopusenc",
            providers: [.apt(["libopusenc-dev"]), .brew(["libopusenc"])]),
        .systemLibrary(
            name: "CEBUR128", pkgConfig: "libebur128",
            providers: [.apt(["libebur128-dev"]), .brew(["libebur128"])]),
        .systemLibrary(
            name: "CSndFilePeer", pkgConfig: "sndfile",
            providers: [.apt(["libsndfile1-dev"]), .brew(["libsndfile"])]),
    ]
)
