/// What shells offer while a command is typed, made from the same declarations as the help.
enum Shell: String, CaseIterable, Sendable {
    case bash, zsh, fish

    /// The script that teaches a shell.
    var script: String {
        switch self {
        case .bash: BashCompletions.script
        case .zsh: ZshCompletions.script
        case .fish: FishCompletions.script
        }
    }
}

/// Text as one word of a shell.
private func quoted(_ text: String) -> String { "'\(text.replacing("'", with: "'\\''"))'" }

private enum BashCompletions {
    static var script: String {
        let verbs = OrioleCommand.verbs
        let values = verbs.flatMap { verb in
            verb.flags.filter { !$0.isSwitch && $0.kind.alone == nil }.map { value(of: $0, in: verb) }
        }
        return """
            # bash completion of oriole; source it, or put it into /etc/bash_completion.d
            _oriole_files() {
                local IFS=$'\\n'
                COMPREPLY=($(compgen -f -- "$1"))
            }
            _oriole() {
                local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} verb=${COMP_WORDS[1]}
                local flags words files
                COMPREPLY=()
                # Bash takes the sign of --flag=value for a word of its own.
                if [ "$cur" = "=" ]; then cur=""; elif [ "$prev" = "=" ]; then prev=${COMP_WORDS[COMP_CWORD-2]}; fi
                if [ "$COMP_CWORD" -eq 1 ]; then
                    COMPREPLY=($(compgen -W "\(verbs.map { $0.name }.joined(separator: " "))" -- "$cur"))
                    return
                fi
                case "$verb $prev" in
            \(values.joined(separator: "\n"))
                esac
                case "$verb" in
            \(verbs.map(operands).joined(separator: "\n"))
                esac
                if [[ $cur == -* ]]; then
                    COMPREPLY=($(compgen -W "$flags" -- "$cur"))
                elif [ -n "$files" ]; then
                    _oriole_files "$cur"
                else
                    COMPREPLY=($(compgen -W "$words" -- "$cur"))
                fi
            }
            complete -o filenames -F _oriole oriole
            """
    }

    private static func value(of flag: any DeclaredFlag, in verb: any Verb.Type) -> String {
        let names = ["--\(flag.name)"] + (flag.letter.map { ["-\($0)"] } ?? [])
        let pattern = names.map { "\"\(verb.name) \($0)\"" }.joined(separator: " | ")
        let offer =
            switch flag.kind.completion {
            case .none: ""
            case .files: "_oriole_files \"$cur\"; "
            case .words(let words): "COMPREPLY=($(compgen -W \"\(words.joined(separator: " "))\" -- \"$cur\")); "
            }
        return "        \(pattern)) \(offer)return ;;"
    }

    private static func operands(of verb: any Verb.Type) -> String {
        let flags = verb.flags.map { "--\($0.name)" }.joined(separator: " ")
        let rest =
            switch verb.operandCompletion {
            case .none: ""
            case .files: " files=yes"
            case .words(let words): " words=\"\(words.joined(separator: " "))\""
            }
        return "        \(verb.name)) flags=\"\(flags)\"\(rest) ;;"
    }
}

private enum ZshCompletions {
    static var script: String {
        let verbs = OrioleCommand.verbs
        return """
            #compdef oriole
            # zsh completion of oriole; put it into a folder of $fpath as _oriole
            _oriole() {
                local -a verbs
                verbs=(\(verbs.map { quoted("\($0.name):\($0.summary)") }.joined(separator: " ")))
                if (( CURRENT == 2 )); then
                    _describe verb verbs
                    return
                fi
                local verb=$words[2]
                shift words
                (( CURRENT-- ))
                case $verb in
            \(verbs.map(entry).joined(separator: "\n"))
                esac
            }
            _oriole "$@"
            """
    }

    private static func entry(_ verb: any Verb.Type) -> String {
        let rest = "'*:operand:\(action(verb.operandCompletion))'"
        return "        \(verb.name)) _arguments \((verb.flags.map(flag) + [rest]).joined(separator: " ")) ;;"
    }

    private static func flag(_ flag: any DeclaredFlag) -> String {
        let help = flag.help.replacing("[", with: "(").replacing("]", with: ")").replacing(":", with: ",")
        let value =
            flag.kind.placeholder.map { ":\($0.replacing(":", with: ",")):\(action(flag.kind.completion))" } ?? ""
        let long = quoted("--\(flag.name)\(flag.isSwitch ? "" : flag.kind.alone == nil ? "=" : "=-")[\(help)]\(value)")
        return flag.letter.map { "\(long) \(quoted("-\($0)[\(help)]\(value)"))" } ?? long
    }

    private static func action(_ completion: Completion) -> String {
        switch completion {
        case .none: " "
        case .files: "_files"
        case .words(let words): "(\(words.joined(separator: " ")))"
        }
    }
}

private enum FishCompletions {
    static var script: String {
        let verbs = OrioleCommand.verbs
        let names = verbs.map { verb in
            "complete -c oriole -f -n __fish_use_subcommand -a \(verb.name) -d \(quoted(verb.summary))"
        }
        return
            (["# fish completion of oriole; put it into ~/.config/fish/completions/oriole.fish"] + names
            + verbs.flatMap(entries)).joined(separator: "\n")
    }

    private static func entries(of verb: any Verb.Type) -> [String] {
        let condition = "complete -c oriole -n '__fish_seen_subcommand_from \(verb.name)'"
        let flags = verb.flags.map { flag in
            let letter = flag.letter.map { " -s \($0)" } ?? ""
            return "\(condition) -l \(flag.name)\(letter)\(value(of: flag)) -d \(quoted(flag.help))"
        }
        guard case .words(let words) = verb.operandCompletion else {
            return verb.operandCompletion == .none ? ["\(condition) -f"] + flags : flags
        }
        return ["\(condition) -f -a \(quoted(words.joined(separator: " ")))"] + flags
    }

    private static func value(of flag: any DeclaredFlag) -> String {
        guard !flag.isSwitch else { return "" }
        switch flag.kind.completion {
        case .none: return " -x"
        case .files: return " -r -F"
        case .words where flag.kind.alone != nil: return " -f"
        case .words(let words): return " -x -a \(quoted(words.joined(separator: " ")))"
        }
    }
}
