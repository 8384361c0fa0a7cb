// swift-tools-version: 6.2

// Small programs that use Oriole as anybody would.

import PackageDescription

let package = Package(
    name: "samples",
    platforms: [.macOS("26.0")],
    dependencies: [.package(name: "Oriole", path: "..")],
    targets: ["speak", "dictate", "converse", "serve-captions"].map {
        .executableTarget(
            name: $0, dependencies: [.product(name: "Oriole", package: "Oriole")],
            swiftSettings: [.swiftLanguageMode(.v6), .treatAllWarnings(as: .error)])
    }
)
