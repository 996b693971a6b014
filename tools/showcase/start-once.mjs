import { spawnSync } from 'node:child_process';

const patience = 60_000;

/**
 * Starts an image once and reports the result: a server until its health check succeeds, anything else until it has
 * printed its Python version. Throws with the container's output if it does not.
 */
export function startOnce(reference) {
  const hasHealthCheck = docker('image', 'inspect', reference, '--format', '{{json .Config.Healthcheck}}') !== 'null';
  if (!hasHealthCheck) return docker('run', '--rm', '--entrypoint', 'python3', reference, '--version');
  const container = docker('run', '--detach', '--health-interval', '1s', reference);
  try {
    return awaitHealth(container, reference);
  } finally {
    docker('rm', '--force', '--volumes', container);
  }
}

function awaitHealth(container, reference) {
  const deadline = Date.now() + patience;
  while (Date.now() < deadline) {
    const state = docker('inspect', container, '--format', '{{.State.Status}} {{.State.Health.Status}}');
    if (state === 'running healthy') return 'healthy';
    if (!state.startsWith('running')) break;
    spawnSync('sleep', ['0.5']);
  }
  throw new Error(`${reference} did not become healthy:\n${docker('logs', '--tail', '20', container)}`);
}

function docker(...args) {
  const { status, stdout, stderr } = spawnSync('docker', args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`docker ${args.join(' ')}: ${stderr}`);
  return stdout.trim() || stderr.trim();
}
