import type { RegistryLogin, Staging } from '@nx-image-matrix/manifest';
import { registryOf } from '@nx-image-matrix/manifest/reference';
import { plainGlob } from './plain-glob.ts';
import { platformsOf } from './platforms.ts';

/** What workflows need to know of the `staging` of manifests. */
export interface StagingPlan {
  /** One for each manifest with staging: the names of its variables. */
  logins: RegistryLogin[];
  /** Registries of staging repositories that are used with the engine's own login. */
  ownLogins: string[];
  /** Registries that images are pushed to with the engine's own login. */
  pushLogins: string[];
  /** Variables of pushes alone: those of `repository`. */
  repositoryVariables: string[];
  /** Platforms with jobs of their own; empty if one job builds all. */
  platforms: string[];
  /** Output folders of the manifests with staging, if others have none, and of those. */
  staged: string[];
  unstaged: string[];
}

/** A manifest as {@link stagingPlan} reads it. */
export interface StagingFacts {
  staging?: Pick<Staging, 'repository' | 'onlyIf' | 'user' | 'password'>;
  repositories: readonly (RegistryLogin & { registry: Readonly<Record<string, string>> })[];
  /** Folder of the generated files. */
  output: string;
  images: readonly { platforms: readonly string[] }[];
}

/**
 * The plan of staging; `undefined` if no manifest has it.
 * @throws Error if the variable of a login that only reads is that of another login.
 */
export function stagingPlan(manifests: readonly StagingFacts[]): StagingPlan | undefined {
  const staged = manifests.filter(({ staging }) => staging !== undefined);
  if (staged.length === 0) return undefined;
  const unstaged = manifests.filter(({ staging }) => staging === undefined);
  const stagings = staged.flatMap(({ staging }) => staging ?? []);
  const entries = staged.flatMap(({ repositories }) => repositories);
  const own = (login: RegistryLogin): boolean => login.user === undefined && login.password === undefined;
  const plan: StagingPlan = {
    logins: stagings.map(({ onlyIf, user, password }) => ({ onlyIf, user, password })),
    ownLogins: registriesOf(stagings.filter(own).map(({ repository }) => repository)),
    pushLogins: registriesOf(entries.filter(own).flatMap(({ registry }) => Object.values(registry))),
    repositoryVariables: variablesOf(manifests.flatMap(({ repositories }) => repositories)),
    platforms: platformsOf(staged.flatMap(({ images }) => images)),
    staged: unstaged.length > 0 ? staged.map(({ output }) => output) : [],
    unstaged: unstaged.map(({ output }) => output),
  };
  refuseCollisions(plan);
  return plan;
}

/** The variables of logins, each once. */
export function variablesOf(logins: readonly RegistryLogin[]): string[] {
  const all = logins.flatMap(({ onlyIf, user, password }) => [onlyIf, user, password]);
  return [...new Set(all.filter((name) => name !== undefined))];
}

/** The variables of a job that puts images into staging. */
export function stagingVariables({ logins }: StagingPlan): string[] {
  return variablesOf(logins);
}

/** A line of shell that fails without a variable without which nothing would be put into staging. */
export function conditionsLine({ logins }: StagingPlan): string | undefined {
  const names = [...new Set(logins.flatMap(({ onlyIf }) => onlyIf ?? []))];
  const check = (name: string): string =>
    `if [ -z "\${${name}:-}" ]; then echo '${name} is not set: without it there is no staging, and nothing to push.' >&2; exit 1; fi`;
  return names.length === 0 ? undefined : names.map(check).join('\n');
}

/** The CI variable with the value that pull requests get for a variable: one of a login that can only read. */
export function readName(name: string): string {
  return `${name}_READ`;
}

/** The variables with the user or the password of staging. */
export function credentials({ logins }: StagingPlan): string[] {
  return variablesOf(logins.map(({ user, password }) => ({ user, password })));
}

/** Nx's pattern for the images of a manifest with this output folder. */
export function imagesOf(output: string): string {
  return `directory:${plainGlob(output)}/**`;
}

/**
 * Whether the machine that builds an image has all of it: neither do those that build one of its platforms, nor those that
 * let agents build it.
 */
export function isTestedWhereBuilt({ agents }: { agents?: number }, { platforms }: StagingPlan): boolean {
  return agents === undefined && platforms.length === 0;
}

/** A secret with such a name would be given to pull requests. */
function refuseCollisions(plan: StagingPlan): void {
  const taken = new Set([...plan.repositoryVariables, ...stagingVariables(plan)]);
  const found = credentials(plan).find((name) => taken.has(readName(name)));
  if (found === undefined) return;
  throw new Error(
    `Pull requests read staging with the variable ${readName(found)}, which a manifest names for another login. ` +
      'Name that one differently.',
  );
}

function registriesOf(repositories: readonly string[]): string[] {
  return [...new Set(repositories.filter((repository) => repository !== '').map(registryOf))];
}
