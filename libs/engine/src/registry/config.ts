import { readFile, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** The fields used from docker's `config.json` (https://docs.docker.com/reference/cli/docker/#configuration-files). */
export interface DockerConfig {
  auths?: Record<string, { auth?: string; identitytoken?: string }>;
  credHelpers?: Record<string, string>;
  credsStore?: string;
  [key: string]: unknown;
}

export function dockerConfigDir(environment: NodeJS.ProcessEnv): string {
  return environment['DOCKER_CONFIG'] || join(environment['HOME'] || homedir(), '.docker');
}

/** A configuration file, empty if it is missing or not JSON. */
export async function readDockerConfig(path: string): Promise<DockerConfig> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as DockerConfig;
  } catch {
    return {};
  }
}

/** The possible keys of a registry's login, docker's own first; Docker Hub has kept that of its first index. */
export function authKeys(registry: string): string[] {
  if (registry === 'docker.io') return ['https://index.docker.io/v1/', 'docker.io', 'index.docker.io'];
  return [registry, `https://${registry}`, `http://${registry}`];
}

/** The entry for a registry in a map of the file; ignores the methods that every object has. */
export function valueOf<T>(map: Record<string, T> | undefined, registry: string): T | undefined {
  return map && Object.hasOwn(map, registry) ? map[registry] : undefined;
}

/** Whether the file itself contains a login, apart from credential helpers. */
export function hasLogin(config: DockerConfig, registry: string): boolean {
  return authKeys(registry).some((key) => valueOf(config.auths, key)?.auth);
}

/** Writes a configuration that only this user can read. */
export async function writePrivate(path: string, config: DockerConfig): Promise<void> {
  await writeFile(path, JSON.stringify(config), { mode: 0o600 });
}
