/// What a shell needs to complete `amx`'s command lines: a function that asks `amx complete`.
enum CompletionScript: String, CaseIterable {
    case bash
    case zsh
    case fish

    /// The script.
    var text: String {
        switch self {
        case .bash: Self.bashText
        case .zsh: Self.zshText
        case .fish: Self.fishText
        }
    }

    /// Bash breaks words at `@`, `=` and `:`; the function looks at the line itself and returns what belongs behind the break.
    private static let bashText = #"""
        # Completion of amx for bash. Once: source <(amx completions bash)
        # For always: amx completions bash > ~/.local/share/bash-completion/completions/amx
        _amx() {
            local line="${COMP_LINE:0:COMP_POINT}" current="$2" word entry paths=""
            local -a words
            IFS=$' \t\n' read -ra words <<<"$line"
            [[ "$line" == *[[:blank:]] ]] && words+=("")
            word="${words[${#words[@]} - 1]}"
            COMPREPLY=()
            while IFS= read -r entry; do
                if [[ -z "$paths" ]]; then
                    paths="$entry"
                else
                    entry="${entry%%$'\t'*}"
                    COMPREPLY+=("${entry#"${word%"$current"}"}")
                fi
            done < <("$1" complete -- "${words[@]:1}" 2>/dev/null)
            if [[ "$paths" == files || "$paths" == directories ]]; then
                compopt -o filenames 2>/dev/null
                local kind=-f
                [[ "$paths" == directories ]] && kind=-d
                while IFS= read -r entry; do
                    COMPREPLY+=("$entry")
                done < <(compgen "$kind" -- "$current")
            fi
        }
        complete -F _amx amx
        """#

    private static let zshText = #"""
        #compdef amx
        # Completion of amx for zsh. Once: source <(amx completions zsh)
        # For always: amx completions zsh > a folder of $fpath, as _amx
        _amx() {
            local -a lines described
            local line meaning
            lines=("${(@f)$("${words[1]}" complete -- "${(@)words[2,CURRENT-1]}" "$PREFIX" 2>/dev/null)}")
            for line in "${(@)lines[2,-1]}"; do
                meaning=""
                [[ "$line" == *$'\t'* ]] && meaning="${line#*$'\t'}"
                line="${line%%$'\t'*}"
                [[ -n "$line" ]] && described+=("${line//:/\\:}${meaning:+:$meaning}")
            done
            ((${#described})) && _describe -t words 'amx' described
            case "${lines[1]}" in
                files) _files ;;
                directories) _files -/ ;;
            esac
        }
        if [[ "${funcstack[1]}" == _amx ]]; then
            _amx "$@"
        else
            compdef _amx amx
        fi
        """#

    private static let fishText = #"""
        # Completion of amx for fish. Once: amx completions fish | source
        # For always: amx completions fish > ~/.config/fish/completions/amx.fish
        function __amx_complete
            set -l words (commandline -opc) (commandline -ct)
            set -l lines ($words[1] complete -- $words[2..-1] 2>/dev/null)
            switch "$lines[1]"
                case files
                    __fish_complete_path (commandline -ct)
                case directories
                    __fish_complete_directories (commandline -ct) ''
            end
            test (count $lines) -gt 1; and printf '%s\n' $lines[2..-1]
        end
        complete -c amx -f -a '(__amx_complete)'
        """#
}
