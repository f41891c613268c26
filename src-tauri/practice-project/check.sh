#!/bin/sh
# Checks greet.sh, and farewell.sh when there is one. Ends with 1 when a check fails.
cd "$(dirname "$0")" || exit 1
failed=0

# expect WHAT WANTED GOT
expect() {
    if [ "$2" = "$3" ]; then
        echo "ok    $1"
    else
        echo "FAIL  $1: wanted '$2', got '$3'"
        failed=1
    fi
}

expect "greets by name" "Hello, Ada!" "$(sh greet.sh Ada)"
expect "keeps spaces in a name" "Hello, Ada Byron!" "$(sh greet.sh "Ada Byron")"
expect "greets the world when no name is given" "Hello, world!" "$(sh greet.sh)"
if [ -f farewell.sh ]; then
    expect "says goodbye by name" "Goodbye, Ada!" "$(sh farewell.sh Ada)"
    expect "says goodbye to the world" "Goodbye, world!" "$(sh farewell.sh)"
fi

if [ "$failed" = 0 ]; then
    echo "all checks pass"
else
    echo "some checks fail"
fi
exit "$failed"
