# Fetches the model from MODEL_PATH (s3://bucket/key, of a file or of a folder) into the folder FETCHED, unless it has more
# than MODEL_SIZE bytes. Started again, it fetches only what is missing. Runs in rclone's image, on busybox's shell.
# Its last lines are the reason of a failure: Kubernetes shows them as the container's termination message.
set -u

fail() {
  echo "$*"
  exit 1
}

human() {
  awk -v bytes="$1" 'BEGIN { split("B Ki Mi Gi Ti", unit, " "); for (i = 1; bytes >= 1024 && i < 5; i++) bytes /= 1024
    printf(bytes == int(bytes) ? "%d%s" : "%.1f%s", bytes, unit[i]) }'
}

# What rclone said last, without its times and levels.
reason() {
  sed -e 's/^[0-9/]* [0-9:]* *//' -e 's/^\(ERROR\|CRITICAL\|NOTICE\) *: *//' "$errors" | tail -n 2
}

source=":s3:${MODEL_PATH#s3://}"
errors=/tmp/errors

echo "asking for the size of $MODEL_PATH"
size=$(rclone size --json --retries 3 --low-level-retries 3 --contimeout 15s --timeout 60s "$source" 2> "$errors") ||
  fail "The model cannot be fetched from $MODEL_PATH: $(reason)"
count=$(echo "$size" | sed 's/.*"count":\([0-9]*\).*/\1/')
bytes=$(echo "$size" | sed 's/.*"bytes":\([0-9]*\).*/\1/')
[ "$count" -gt 0 ] || fail "There is no object at or below $MODEL_PATH. Correct \`path\`, or upload the model."
[ "$bytes" -le "$MODEL_SIZE" ] ||
  fail "model is $(human "$bytes"), modelSize is $(human "$MODEL_SIZE"): set \`modelSize\` to more."

echo "fetching $count objects, $(human "$bytes")"
rclone sync --transfers 4 --multi-thread-streams 8 --retries 3 --contimeout 15s --timeout 60s \
  --stats 5s --stats-one-line --stats-log-level NOTICE "$source" "$FETCHED" 2> "$errors" ||
  fail "The model could not be fetched from $MODEL_PATH: $(reason)"
echo "fetched"
