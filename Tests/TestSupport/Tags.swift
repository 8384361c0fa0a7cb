public import Testing

extension Tag {
    /// Reads bytes that anybody may have made.
    @Tag public static var parser: Self
    /// Owns something of a C library or the system.
    @Tag public static var handle: Self
    /// Measures what a user hears.
    @Tag public static var quality: Self
    /// Runs programs beside this one.
    @Tag public static var program: Self
    /// Uses material that the repository does not hold.
    @Tag public static var material: Self
    /// Takes long: kills, hours, load.
    @Tag public static var soak: Self
}

extension Trait where Self == TimeLimitTrait {
    /// Ends a test that would never end.
    ///
    /// Tests share two processors, and each waits for its turn while others compute: no shorter time would tell more than how busy
    /// the machine is.
    public static var neverHangs: Self { .timeLimit(.minutes(30)) }
}
