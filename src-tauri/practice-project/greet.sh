#!/bin/sh
# Greets the person named by the first argument.
name="$1"
echo "Hello, $name!"
