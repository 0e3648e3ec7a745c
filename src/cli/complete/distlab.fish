# Completion of distlab for fish: distlab completions fish | source
# The program itself says how a line may go on.
function __distlab_ways
    set -l words (commandline -opc)
    set -l last (commandline -ct)
    for line in ($words[1] complete -- $words "$last" 2>/dev/null)
        switch $line
            case :files
                __fish_complete_path "$last"
            case :folders
                __fish_complete_directories "$last"
            case '*'
                echo $line
        end
    end
end
complete -c distlab -f -a '(__distlab_ways)'
