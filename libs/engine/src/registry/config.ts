import { readFile, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** The part of docker's `config.json` that is read here (https://docs.docker.com/reference/cli/docker/#configuration-files). */
export interface DockerConfig {
  auths?: Record<string, { auth?: string; identitytoken?: string }>;
  credHelpers?: Record<string, string>;
  credsStore?: string;
  [key: string]: unknown;
}

export function dockerConfigDir(environment: NodeJS.ProcessEnv): string {
  return environment['DOCKER_CONFIG'] || join(environment['HOME'] || homedir(), '.docker');
}

/** A configuration file, empty where it is missing or cannot be read as JSON. */
export async function readDockerConfig(path: string): Promise<DockerConfig> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as DockerConfig;
  } catch {
    return {};
  }
}

/** The keys a registry's login may stand under, docker's own first; Docker Hub has kept the one of its first index. */
export function authKeys(registry: string): string[] {
  if (registry === 'docker.io') return ['https://index.docker.io/v1/', 'docker.io', 'index.docker.io'];
  return [registry, `https://${registry}`, `http://${registry}`];
}

/** What a map of the file has under a registry, which may be called like a method of every object. */
export function valueOf<T>(map: Record<string, T> | undefined, registry: string): T | undefined {
  return map && Object.hasOwn(map, registry) ? map[registry] : undefined;
}

/** Whether the file itself holds a login, credential helpers aside. */
export function hasLogin(config: DockerConfig, registry: string): boolean {
  return authKeys(registry).some((key) => valueOf(config.auths, key)?.auth);
}

/** Writes a configuration that only this user can read. */
export async function writePrivate(path: string, config: DockerConfig): Promise<void> {
  await writeFile(path, JSON.stringify(config), { mode: 0o600 });
}
