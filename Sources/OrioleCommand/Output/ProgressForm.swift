internal import Jobs

/// How a user wants to hear how far the work is.
enum ProgressForm: String, CaseIterable, Sendable {
    case auto, bar, plain, json, none

    /// The form that suits where standard error goes.
    func form(isQuiet: Bool) -> Progress.Form {
        switch self {
        case .auto: isQuiet ? .none : Terminal.isInteractive ? .bar : .plain
        case .bar: .bar
        case .plain: .plain
        case .json: .json
        case .none: .none
        }
    }
}
