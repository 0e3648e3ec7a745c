#compdef distlab
# Completion of distlab for zsh: source <(distlab completions zsh), or this file as _distlab in $fpath.
# The program itself says how a line may go on.
_distlab() {
    local line word
    local -a lines ways
    lines=("${(@f)$(${~words[1]} complete -- "${(@)words[1,CURRENT]}" 2>/dev/null)}")
    for line in $lines; do
        case $line in
            :files) _files ;;
            :folders) _files -/ ;;
            *$'\t'*)
                word=${line%%$'\t'*}
                ways+=("${word//:/\\:}:${line#*$'\t'}")
                ;;
            ?*) ways+=("${line//:/\\:}") ;;
        esac
    done
    (( $#ways )) && _describe -t distlab 'distlab' ways
}
if [[ ${funcstack[1]} == _distlab ]]; then
    _distlab "$@"
else
    compdef _distlab distlab
fi
