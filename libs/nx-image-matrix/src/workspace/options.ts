import { isObject } from '@nx-image-matrix/engine/unknown';
import { engineChoices, isEngineChoice, type EngineName } from '@nx-image-matrix/engine/engines';
import { isVariableName } from '@nx-image-matrix/diagnostics';
import { nxDataFolders } from './nx-data.ts';
import type { ImageMatrixOptions } from '../types.ts';

export interface ResolvedOptions {
  outputDir: string;
  templatesRoot?: string;
  version?: string;
  prefix: string | Record<string, string>;
  engine: EngineName | 'auto';
  cudaRepositoryBase?: string;
  /** Milliseconds. */
  buildTimeout: number;
  maxParallel?: number;
  insecureRegistries: readonly string[];
  buildSecrets: { env: readonly string[]; folders: readonly string[] };
  targets: TargetNames;
  /** Folders, relative to the workspace, that Nx keeps its data in. */
  nxData: readonly string[];
}

export interface TargetNames {
  generate: string;
  build: string;
  push: string;
  promote: string;
  matrix: string;
}

type Check = (value: unknown) => string | undefined;

const text: Check = (value) => (typeof value === 'string' && value !== '' ? undefined : 'a text that is not empty');
const positive: Check = (value) =>
  typeof value === 'number' && Number.isFinite(value) && value > 0 ? undefined : 'a number above 0';
const folderBelow: Check = (value) =>
  typeof value === 'string' && /^(?!\/)(?!.*(^|\/)\.\.(\/|$)).*[^/.]/.test(value)
    ? undefined
    : 'a folder below the manifest, such as "docker"';

const buildSecretsForm =
  'lists of names of variables and of folders, such as { "env": ["PIP_TOKEN"], "folders": ["~/.secrets"] }; ' +
  'a folder is absolute, relative to the workspace or begins with "~/", and variables in it are not filled in';

function isListOf(value: unknown, check: (entry: string) => boolean): boolean {
  return Array.isArray(value) && value.every((entry) => typeof entry === 'string' && check(entry));
}

/** `$HOME`, `%APPDATA%` and `~user` would be taken as they stand, and allow nothing. */
function isFolder(entry: string): boolean {
  return entry.trim() !== '' && !/[$%\0]|^~(?!\/|$)/.test(entry);
}

const checks: Record<string, Check> = {
  outputDir: folderBelow,
  templatesRoot: folderBelow,
  version: text,
  prefix: (value) =>
    typeof value === 'string' ||
    (value !== null && typeof value === 'object' && Object.values(value).every((entry) => typeof entry === 'string'))
      ? undefined
      : 'a text, or a map from manifest path to text',
  engine: (value) =>
    isEngineChoice(value) ? undefined : `one of ${engineChoices.map((choice) => `"${choice}"`).join(', ')}`,
  cudaRepositoryBase: (value) =>
    typeof value === 'string' && /^https?:\/\/[^\s]+$/.test(value) ? undefined : 'an http or https URL',
  buildTimeout: positive,
  maxParallel: (value) => ((positive(value) ?? Number.isInteger(value)) ? positive(value) : 'a whole number'),
  insecureRegistries: (value) =>
    Array.isArray(value) &&
    value.every((entry) => typeof entry === 'string' && /^[a-z0-9][a-z0-9.-]*(:\d+)?$/.test(entry))
      ? undefined
      : 'a list of registries, such as ["registry.internal:5000"]',
  buildSecrets: (value) => {
    if (!isObject(value) || Array.isArray(value)) return buildSecretsForm;
    const { env = [], folders = [], ...others } = value;
    const right = isListOf(env, isVariableName) && isListOf(folders, isFolder) && Object.keys(others).length === 0;
    return right ? undefined : buildSecretsForm;
  },
  generateTargetName: text,
  buildTargetName: text,
  pushTargetName: text,
  promoteTargetName: text,
  matrixTargetName: text,
};

/**
 * Options with their defaults filled in.
 * @throws Error that lists every option of `nx.json` that is unknown or has a value that cannot be used.
 */
export function resolveOptions(
  options: ImageMatrixOptions | undefined,
  nxData: readonly string[] = nxDataFolders({}, '', {}),
): ResolvedOptions {
  const problems = Object.entries(options ?? {}).flatMap(([key, value]) => problemOf(key, value));
  if (problems.length > 0) {
    throw new Error(
      `The options of the plugin "nx-image-matrix" in nx.json cannot be used:\n  ${problems.join('\n  ')}`,
    );
  }
  const { outputDir = 'docker', templatesRoot, version, prefix = '', engine = 'auto' } = options ?? {};
  return {
    outputDir: trimSlashes(outputDir),
    templatesRoot: templatesRoot && trimSlashes(templatesRoot),
    version,
    prefix,
    engine,
    cudaRepositoryBase: options?.cudaRepositoryBase?.replace(/\/+$/, ''),
    buildTimeout: (options?.buildTimeout ?? 3600) * 1000,
    maxParallel: options?.maxParallel,
    insecureRegistries: options?.insecureRegistries ?? [],
    buildSecrets: { env: options?.buildSecrets?.env ?? [], folders: options?.buildSecrets?.folders ?? [] },
    targets: {
      generate: options?.generateTargetName ?? 'docker-generate',
      build: options?.buildTargetName ?? 'docker-build',
      push: options?.pushTargetName ?? 'docker-push',
      promote: options?.promoteTargetName ?? 'docker-promote',
      matrix: options?.matrixTargetName ?? 'docker-matrix',
    },
    nxData,
  };
}

function problemOf(key: string, value: unknown): string[] {
  if (value === undefined) return [];
  const check = Object.hasOwn(checks, key) ? checks[key] : undefined;
  if (!check) return [`"${key}" is no option; there are ${Object.keys(checks).join(', ')}`];
  const expected = check(value);
  return expected ? [`"${key}" is ${JSON.stringify(value)}, but must be ${expected}`] : [];
}

function trimSlashes(folder: string): string {
  return folder.replace(/^(\.\/)+/, '').replace(/\/+$/, '');
}
