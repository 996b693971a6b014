# Background processes: a daemon is identified by its pid file and by a word of its command line.

# A zombie still answers `kill -0`, and pids are reused: check the command line.
is_alive() { # NAME WORD
  local pid
  pid=$(cat "$RUN/$1.pid" 2>/dev/null) && [[ $pid ]] || return 1
  tr '\0' ' ' 2>/dev/null <"/proc/$pid/cmdline" | grep -qF -- "$2"
}

start_daemon() { # NAME COMMAND...
  local name=$1; shift
  setsid nohup "$@" >"$LOGS/$name.log" 2>&1 </dev/null 9>&- &
  echo $! >"$RUN/$name.pid"
  # Until the new process runs its program it has this shell's command line, and would count as dead.
  while cmp -s "/proc/$!/cmdline" "/proc/$$/cmdline"; do sleep 0.01; done
}

stop_daemon() { # NAME WORD
  local pid tries
  if is_alive "$1" "$2"; then
    pid=$(cat "$RUN/$1.pid")
    kill "$pid" 2>/dev/null || true
    for ((tries = 0; tries < 150; tries++)); do
      is_alive "$1" "$2" || break
      sleep 0.1
    done
    if is_alive "$1" "$2"; then kill -KILL "$pid" 2>/dev/null || true; fi
  fi
  rm -f "$RUN/$1.pid"
}

# wait_until SECONDS NAME WORD CHECK...: fails at once if the daemon dies.
wait_until() {
  local deadline=$((SECONDS + $1)) name=$2 word=$3
  shift 3
  until "$@" >/dev/null 2>&1; do
    if ! is_alive "$name" "$word" || ((SECONDS >= deadline)); then return 1; fi
    sleep 0.1
  done
}
