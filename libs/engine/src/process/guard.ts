import { spawn } from 'node:child_process';
import type { Writable } from 'node:stream';

/**
 * Reads `+PID` and `-PID`, and at the end of its input stops the remaining process groups: gently, then, after ten
 * seconds, by force.
 */
const script = `
groups=' '
while read -r line; do
  case $line in
    +*) groups="$groups\${line#+} " ;;
    -*) groups="\${groups%% \${line#-} *} \${groups#* \${line#-} }" ;;
  esac
done
for group in $groups; do kill -s TERM -- "-$group"; done
tries=0
while [ $tries -lt 100 ]; do
  left=
  for group in $groups; do kill -s 0 -- "-$group" && left=yes; done
  [ "$left" ] || exit 0
  tries=$((tries + 1))
  sleep 0.1
done
for group in $groups; do kill -s KILL -- "-$group"; done
`;

let guard: Writable | undefined;

/** Starts the guard before the process that it guards. */
export function prepareGuard(): void {
  if (process.platform !== 'win32') guard ??= startGuard();
}

/**
 * Has a process group stopped if this process is killed, until the returned function is called. A shell outside of this
 * process's group waits for that; not available on Windows.
 */
export function guardGroup(pid: number): () => void {
  prepareGuard();
  guard?.write(`+${pid}\n`);
  return () => void guard?.write(`-${pid}\n`);
}

function startGuard(): Writable {
  const child = spawn('/bin/sh', ['-c', script, 'nx-image-matrix-guard'], {
    cwd: '/',
    env: { PATH: '/usr/bin:/bin' },
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  const stop = (): void => void (guard = undefined);
  child.on('error', stop).on('exit', stop).unref();
  child.stdin.on('error', stop);
  // The guard must not keep this process alive.
  (child.stdin as Writable & { unref(): void }).unref();
  return child.stdin;
}
