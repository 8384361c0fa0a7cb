// swift-tools-version: 6.2

// One program for every parser, built with libFuzzer and the address sanitizer by Scripts/fuzz.

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

let parsers = ["wav", "base64", "opus", "pcm", "events", "frame", "answers", "subtitles", "forms", "books", "sockets"]

let package = Package(
    name: "Fuzz",
    platforms: [.macOS("26.0")],
    products: parsers.map { .library(name: "fuzz-\($0)", type: .static, targets: ["fuzz-\($0)"]) },
    dependencies: [.package(name: "Oriole", path: "..")],
    targets: parsers.map {
        .target(
            name: "fuzz-\($0)",
            dependencies: [
                .product(name: "AudioCore", package: "Oriole"), .product(name: "GLMSpeech", package: "Oriole"),
                .product(name: "Oriole", package: "Oriole"),
                "FuzzSupport",
            ],
            swiftSettings: swift)
    } + [.target(name: "FuzzSupport", swiftSettings: swift)]
)
