# Fetches the model from MODEL_PATH (s3://bucket/key, of a file or of a folder) into the folder FETCHED, unless it has more
# than MODEL_SIZE bytes. Started again, it fetches only what is missing. Runs in rclone's image, on busybox's shell.
# SHOWN_PATH stands for a path that is a secret. The reason of a failure is the container's termination message.
set -uo pipefail

fail() {
  echo "$*"
  [ ! -w /dev/termination-log ] || echo "$*" > /dev/termination-log
  exit 1
}

human() {
  awk -v bytes="$1" 'BEGIN { split("B Ki Mi Gi Ti", unit, " "); for (i = 1; bytes >= 1024 && i < 5; i++) bytes /= 1024
    printf(bytes == int(bytes) ? "%d%s" : "%.1f%s", bytes, unit[i]) }'
}

# What rclone said last: the store's own words where there are any, without times, levels and the ids of requests.
reason() {
  last=$(grep -E 'ERROR|CRITICAL|Failed' "$errors" | tail -n 1 | sed -e 's/^[0-9/]* [0-9:]* *//' -e 's/^\(ERROR\|CRITICAL\|NOTICE\) *: *//' \
    -e 's/^Failed to [a-z]*\( with [0-9]* errors\)*: //' -e 's/^last error was: //' \
    -e 's/.*api error //' -e 's/, RequestID: [^,]*, HostID: [^,]*//g')
  case "$last" in
    "directory not found") echo "there is no such bucket. Correct \`path\`." ;;
    *"failed to refresh cached credentials"*)
      echo "no keys were found. Give keys in \`storage\`, a \`serviceAccountName\` with an identity, or \`storage.anonymous\`." ;;
    *) echo "$last" | hide ;;
  esac
}

# Keeps a secret path out of what is shown.
hide() {
  if [ -z "${SHOWN_PATH:-}" ]; then cat; else awk -v path="${MODEL_PATH#*://}" -v shown="$SHOWN_PATH" '
    { while ((at = index($0, path)) > 0) $0 = substr($0, 1, at - 1) shown substr($0, at + length(path)); print }'; fi
}

source=":s3:${MODEL_PATH#*://}"
shown=${SHOWN_PATH:-$MODEL_PATH}
errors=/tmp/errors

echo "asking for the size of $shown"
size=$(rclone size --json --retries 3 --low-level-retries 3 --contimeout 15s --timeout 60s "$source" 2> "$errors") ||
  fail "The model cannot be fetched from $shown: $(reason)"
count=$(echo "$size" | sed 's/.*"count":\([0-9]*\).*/\1/')
bytes=$(echo "$size" | sed 's/.*"bytes":\([0-9]*\).*/\1/')
[ "$count" -gt 0 ] || fail "There is no object at or below $shown. Correct \`path\`, or upload the model."
[ "$bytes" -le "$MODEL_SIZE" ] ||
  fail "model is $(human "$bytes"), modelSize is $(human "$MODEL_SIZE"): set \`modelSize\` to more."

echo "fetching $count objects, $(human "$bytes")"
rclone sync --transfers 4 --multi-thread-streams 8 --retries 3 --contimeout 15s --timeout 60s \
  --stats 2s --stats-one-line --stats-log-level NOTICE "$source" "$FETCHED" 2>&1 | tee "$errors" ||
  fail "The model could not be fetched from $shown: $(reason)"
echo "fetched"
