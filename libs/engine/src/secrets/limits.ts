import { realpath, statfs } from 'node:fs/promises';
import { homedir } from 'node:os';
import { resolve, sep } from 'node:path';
import type { BuildSecret } from '../engine.ts';
import { EngineError } from '../errors.ts';

/**
 * The allowed sources of build secrets. A manifest names them, and anyone who opens a pull request can edit a manifest:
 * without limits it could mount any variable and any file of the machine that builds it.
 */
export interface SecretLimits {
  /** Absolute path of the workspace; its files may be secrets. */
  workspace: string;
  /** Folders (or single files) besides the workspace: absolute, relative to it, or beginning with `~/`. */
  folders: readonly string[];
  /** The only variables that may be read; absent if all may be. */
  variables?: ReadonlySet<string>;
  /** Variables with credentials of pushes, and what they hold, as messages say it. They are never build secrets. */
  passwords: ReadonlyMap<string, string>;
}

/** Where the kernel shows processes and devices; `/proc/self/environ` contains every variable. */
const ofTheKernel = ['/proc', '/sys', '/dev'];

/** The same, mounted elsewhere: `PROC_SUPER_MAGIC` and `SYSFS_MAGIC` of statfs(2). */
const kernelFileSystems = new Set([0x9fa0, 0x62656572]);

/**
 * Checks the variable of a build secret, whether or not it is set.
 * @throws EngineError `refused-secret`
 */
export function checkVariable({ id, env }: BuildSecret, { passwords, variables }: SecretLimits): void {
  if (env === undefined) return;
  const owner = passwords.get(env);
  if (owner !== undefined) {
    throw refused(
      id,
      `the environment variable ${env}, which holds ${owner}`,
      'a build step could print it; give the build a variable and a token of its own',
    );
  }
  if (variables && !variables.has(env)) {
    throw refused(
      id,
      `the environment variable ${env} in CI, since nx.json does not list it`,
      `if builds may read it, add it to the options of the plugin: "buildSecrets": { "env": ["${env}"] }`,
    );
  }
}

/** Whether a path begins with the user's home, `~`. */
export function isBelowHome(src: string): boolean {
  return src === '~' || src.startsWith('~/');
}

/**
 * Checks build secrets without their values: variables need not be set, and files need not exist.
 * @throws EngineError `refused-secret`, for the first that may not be read
 */
export async function checkBuildSecrets(
  secrets: readonly BuildSecret[],
  contextDir: string,
  limits: SecretLimits,
): Promise<void> {
  for (const secret of secrets) {
    checkVariable(secret, limits);
    if (secret.src) await allowedFile(secret, secretPath(secret.src, contextDir), limits);
  }
}

/** Absolute path of the file of a secret; `~/` is the user's home. */
export function secretPath(src: string, folder: string): string {
  return isBelowHome(src) ? resolve(homedir(), src.slice(2)) : resolve(folder, src);
}

/**
 * The real path of the file of a build secret, with all links resolved; `undefined` if it does not exist.
 * @throws EngineError `refused-secret`
 */
export async function allowedFile(
  { id, src = '' }: BuildSecret,
  path: string,
  { workspace, folders }: SecretLimits,
): Promise<string | undefined> {
  if (isBelowOneOf(path, ofTheKernel)) throw refusedKernelFile(id, src, path);
  const real = await realPath(path);
  const allowed = await Promise.all(
    [workspace, ...folders.map((folder) => secretPath(folder, workspace))].map(realPath),
  );
  const places = allowed.filter((place) => place !== undefined);
  if (real === undefined) {
    // A manifest must not find out whether a file outside exists.
    if (isBelowOneOf(path, [workspace, ...places, ...folders.map((folder) => secretPath(folder, workspace))])) {
      return undefined;
    }
    throw refusedPlace(id, src, path);
  }
  if (isBelowOneOf(real, ofTheKernel) || (await isKernelFile(real))) throw refusedKernelFile(id, src, real);
  if (!isBelowOneOf(real, places)) throw refusedPlace(id, src, real);
  return real;
}

function isBelowOneOf(path: string, folders: readonly string[]): boolean {
  return folders.some((folder) => path === folder || path.startsWith(folder.endsWith(sep) ? folder : folder + sep));
}

async function realPath(path: string): Promise<string | undefined> {
  return realpath(path).catch(() => undefined);
}

async function isKernelFile(path: string): Promise<boolean> {
  const found = await statfs(path).catch(() => undefined);
  return found !== undefined && process.platform === 'linux' && kernelFileSystems.has(found.type);
}

function refusedKernelFile(id: string, src: string, path: string): EngineError {
  return refused(
    id,
    `the file ${src}, which is what the kernel shows of processes and devices (${path})`,
    'name a file that holds nothing but the secret',
  );
}

function refusedPlace(id: string, src: string, path: string): EngineError {
  return refused(
    id,
    `the file ${src}, which lies outside of the workspace (${path})`,
    'if builds may read it, add its folder, or the file itself, to the options of the plugin in nx.json: ' +
      `"buildSecrets": { "folders": ["${src.startsWith('~/') ? src : path}"] }`,
  );
}

function refused(id: string, what: string, hint: string): EngineError {
  return new EngineError('refused-secret', `the build secret "${id}" may not be ${what}`, { hint });
}
