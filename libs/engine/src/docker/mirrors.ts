import { readFile, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { run } from '../process/run.ts';
import { readMirrorUrl } from '../registry/mirror.ts';
import type { Mirror } from '../registry/mirror.ts';
import { isObject } from '../unknown.ts';

/** Milliseconds for docker to tell its mirrors. */
const QUICK = 2_000;

/** Most bytes of a configuration of the daemon. */
const LARGEST = 1_000_000;

/**
 * The mirrors of Docker Hub that docker uses: those of the daemon if it answers within two seconds, else those of the
 * configuration files on this machine. Empty if there are none. Never fails.
 */
export async function dockerMirrors(environment: NodeJS.ProcessEnv = process.env): Promise<Mirror[]> {
  const found = (await mirrorsOfDaemon(environment)) ?? (await mirrorsOfFiles(environment));
  return found.flatMap((url) => readMirrorUrl(url) ?? []);
}

async function mirrorsOfDaemon(environment: NodeJS.ProcessEnv): Promise<unknown[] | undefined> {
  try {
    const format = '{{if .ServerVersion}}{{json .RegistryConfig.Mirrors}}{{end}}';
    const { exitCode, stdout } = await run('docker', ['info', '--format', format], {
      environment,
      timeout: QUICK,
      grace: 200,
    });
    const text = stdout.trim();
    if (exitCode !== 0 || text === '') return undefined;
    const mirrors: unknown = JSON.parse(text);
    return mirrors === null ? [] : Array.isArray(mirrors) ? mirrors : undefined;
  } catch {
    return undefined;
  }
}

/** https://docs.docker.com/engine/daemon/#configuration-file, rootless, and Docker Desktop. */
async function mirrorsOfFiles(environment: NodeJS.ProcessEnv): Promise<unknown[]> {
  const home = environment['HOME'] || homedir();
  const files = [
    join(environment['XDG_CONFIG_HOME'] || join(home, '.config'), 'docker', 'daemon.json'),
    join(home, '.docker', 'daemon.json'),
    '/etc/docker/daemon.json',
  ];
  for (const file of files) {
    const mirrors = await mirrorsOfFile(file);
    if (mirrors) return mirrors;
  }
  return [];
}

async function mirrorsOfFile(file: string): Promise<unknown[] | undefined> {
  try {
    const found = await stat(file);
    if (!found.isFile() || found.size > LARGEST) return undefined;
    const settings: unknown = JSON.parse(await readFile(file, 'utf8'));
    const mirrors = isObject(settings) ? settings['registry-mirrors'] : undefined;
    return Array.isArray(mirrors) ? mirrors : undefined;
  } catch {
    return undefined;
  }
}
