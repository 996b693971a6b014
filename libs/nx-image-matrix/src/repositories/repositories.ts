import { variableOf } from '@nx-image-matrix/engine';
import {
  parseManifest,
  repositoryOf,
  type Manifest,
  type RegistryLogin,
  type RepositoryEntry,
  type Retention,
  type Signing,
  type Staging,
} from '@nx-image-matrix/manifest';
import type { PlannedReference } from '../format/plan-table.ts';
import { PartFiles } from '../matrix/part-files.ts';
import { readManifest } from '../matrix/read-sources.ts';
import type { ImageDocument } from '../types.ts';

/** A repository to push an image to, with its login. */
export interface ActiveRepository {
  /** `docker.io/bentoml/model-server` */
  repository: string;
  /** Absent if the engine's own logins are used. */
  login?: { user: string; password: string };
  /** Absent if its images are not signed. */
  sign?: Signing;
}

/** A repository that is skipped. */
export interface SkippedRepository {
  repository: string;
  /** `HUB_PASSWORD is not set` */
  reason: string;
}

export interface RepositoryChoice {
  active: ActiveRepository[];
  skipped: SkippedRepository[];
  /** Repositories that should be active, but lack a variable. */
  problems: string[];
}

/**
 * The `repository` section of a manifest, read when a push runs, because it must not be in the project graph.
 * @throws Error if the manifest cannot be read.
 */
export function readRepositoryEntries(workspaceRoot: string, manifest: string): RepositoryEntry[] {
  return readParsed(workspaceRoot, manifest).repositories;
}

/**
 * The section `retention` of a manifest, by release type.
 * @throws Error if the manifest cannot be read.
 */
export function readRetention(workspaceRoot: string, manifest: string): ReadonlyMap<string, Retention> {
  return readParsed(workspaceRoot, manifest).retention;
}

/**
 * The section `staging` of a manifest, if it has one; whether it is switched off in an environment is not asked.
 * @throws Error if the manifest cannot be read.
 */
export function readStagingEntry(workspaceRoot: string, manifest: string): Staging | undefined {
  return readParsed(workspaceRoot, manifest).staging;
}

/**
 * All logins that a manifest names: those of `repository`, then that of `staging`.
 * @throws Error if the manifest cannot be read.
 */
export function readLogins(workspaceRoot: string, manifest: string): RegistryLogin[] {
  return readCredentials(workspaceRoot, manifest).logins;
}

/** The variables with credentials that a manifest names. */
export interface CredentialNames {
  /** As `readLogins` has them. */
  logins: RegistryLogin[];
  /** Variables with keys for signatures. */
  keys: string[];
}

/**
 * All logins of a manifest, and its keys for signatures.
 * @throws Error if the manifest cannot be read.
 */
export function readCredentials(workspaceRoot: string, manifest: string): CredentialNames {
  const { repositories, staging } = readParsed(workspaceRoot, manifest);
  return {
    logins: staging ? [...repositories, staging] : repositories,
    keys: repositories.flatMap(({ sign }) => sign?.key ?? []),
  };
}

/**
 * The staging repository of a manifest; `undefined` without one, or if it is switched off in this environment.
 * @throws Error if the manifest cannot be read, or the environment lacks a variable of the login.
 */
export function readStaging(
  workspaceRoot: string,
  manifest: string,
  environment: NodeJS.ProcessEnv,
): ActiveRepository | undefined {
  const { staging } = readParsed(workspaceRoot, manifest);
  if (!staging || (staging.onlyIf && !variableOf(environment, staging.onlyIf))) return undefined;
  const found = withLogin(staging.repository, staging, environment);
  if (typeof found === 'string') throw new Error(`staging: ${found}`);
  return found;
}

function readParsed(workspaceRoot: string, manifest: string): Manifest {
  const files = new PartFiles(workspaceRoot);
  const read = readManifest(workspaceRoot, manifest, files);
  if (read && 'problem' in read) throw new Error(read.problem.message);
  const parsed = read && parseManifest(read.text, manifest, files);
  if (!parsed?.manifest) throw new Error(`${manifest} has errors; "nx show projects" lists them.`);
  return parsed.manifest;
}

/** The repositories of an image that a push uses in this environment. */
export function chooseRepositories(
  image: Pick<ImageDocument, 'package' | 'releaseType' | 'repositories'>,
  entries: readonly RepositoryEntry[],
  environment: NodeJS.ProcessEnv,
): RepositoryChoice {
  const choice: RepositoryChoice = { active: [], skipped: [], problems: [] };
  for (const repository of image.repositories) {
    const entry = entries.find((one) => repositoryOf(one, image.package, image.releaseType) === repository);
    if (!entry) choice.problems.push(`${repository}: the manifest no longer has it; run docker-generate again`);
    else if (entry.onlyIf && !variableOf(environment, entry.onlyIf))
      choice.skipped.push({ repository, reason: `${entry.onlyIf} is not set` });
    else {
      const found = withLogin(repository, entry, environment);
      if (typeof found === 'string') choice.problems.push(found);
      else choice.active.push({ ...found, ...(entry.sign && { sign: entry.sign }) });
    }
  }
  return choice;
}

/** A repository with the login that a manifest gives it, or the problem with that. */
function withLogin(
  repository: string,
  { user, password }: Pick<RepositoryEntry, 'user' | 'password'>,
  environment: NodeJS.ProcessEnv,
): ActiveRepository | string {
  const missing = [user, password].filter((variable) => variable !== undefined && !valueOf(variable, environment));
  if (missing.length > 0) {
    const verb = missing.length === 1 ? 'is' : 'are';
    return `${repository}: the environment variable ${missing.join(' and ')} ${verb} not set`;
  }
  if (user === undefined && password === undefined) return { repository };
  if (user === undefined || password === undefined) {
    return `${repository}: the manifest names only one of "user" and "pwd"; a login needs both`;
  }
  return { repository, login: { user: valueOf(user, environment), password: valueOf(password, environment) } };
}

/**
 * Secret files and `echo` end in a newline that is not part of the value; `docker login --password-stdin` removes one
 * too.
 */
function valueOf(variable: string, environment: NodeJS.ProcessEnv): string {
  return (variableOf(environment, variable) ?? '').replace(/\r?\n$/, '');
}

/** Skipped repositories, as lines of a dry run: each of an image's tags there, with the reason. */
export function skippedReferences(skipped: readonly SkippedRepository[], tags: readonly string[]): PlannedReference[] {
  return skipped.flatMap(({ repository, reason }) =>
    tags.map((tag) => ({ reference: `${repository}:${tag}`, action: `skipped: ${reason}` })),
  );
}
