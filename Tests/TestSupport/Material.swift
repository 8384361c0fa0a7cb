internal import Platform
package import Testing

/// The test material made by others, which `ORIOLE_TESTDATA` points at.
package enum Material {
    /// The folder, when there is one.
    package static let folder = Environment.value("ORIOLE_TESTDATA")

    /// A file of it.
    package static func path(_ name: String) -> String { "\(folder ?? "")/\(name)" }
}

/// Whether long tests run.
package let isSoaking = Environment.value("ORIOLE_SOAK") != nil

extension Trait where Self == ConditionTrait {
    /// Runs only where the material is, and says so elsewhere.
    package static var needsMaterial: Self {
        .enabled(if: Material.folder != nil, "ORIOLE_TESTDATA does not point at the test material")
    }

    /// Runs only where a program is installed, and says so elsewhere.
    package static func needsProgram(_ name: String) -> Self {
        .enabled(if: Environment.program(name) != nil, "\(name) is not installed")
    }

    /// Runs only in tests of the optimized build: minutes of sound are seconds there, and minutes elsewhere.
    package static var needsOptimization: Self {
        #if DEBUG
            .disabled("runs optimized")
        #else
            .enabled(if: true)
        #endif
    }

    /// Runs only in `make soak`.
    package static var needsPatience: Self { .enabled(if: isSoaking, "long tests run in make soak") }
}
