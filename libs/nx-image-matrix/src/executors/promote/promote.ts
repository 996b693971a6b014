import type { ExecutorContext } from '@nx/devkit';
import { findCredentials, masked, registryClient, type RegistryClient } from '@nx-image-matrix/engine';
import { pluginOptions } from '../../workspace/image-folders.ts';
import { resolveOptions } from '../../workspace/options.ts';
import { chooseRepositories, readRepositoryEntries, type ActiveRepository } from '../push/repositories.ts';
import { repositoryPasswords } from '../secrets.ts';
import { candidatesOf, type PackageCandidates } from './candidates.ts';
import { carryOut } from './carry-out.ts';
import { describeMove, findMoves, type Move } from './find-moves.ts';

/** Options of the `promote` executor. */
export interface PromoteOptions {
  /** Workspace-relative path of the manifest; the plugin fills it in. */
  manifest: string;
  /** Say what would be moved, and move nothing. */
  dryRun?: boolean;
}

export interface Promotion {
  success: boolean;
  lines: string[];
}

/**
 * Moves the floating tags of a manifest's packages to the images that were pushed from the current files: those of a
 * package all together, or none. Speaks to registries only, so it needs no container engine and no image on this machine.
 */
export async function promoteTags(
  { manifest, dryRun = false }: PromoteOptions,
  context: Pick<ExecutorContext, 'root' | 'nxJsonConfiguration' | 'projectsConfigurations'>,
  signal: AbortSignal,
): Promise<Promotion> {
  const packages = await candidatesOf(manifest, context);
  if (packages.length === 0) return { success: true, lines: [`No image of ${manifest} has floating tags.`] };
  repositoryPasswords(context.root, manifest);
  const { insecureRegistries: insecure } = resolveOptions(pluginOptions(context.nxJsonConfiguration ?? {}));
  const lines: string[] = [];
  let success = true;
  for (const candidates of packages) {
    const promotion = await promotePackage(candidates, { manifest, dryRun, root: context.root, insecure, signal });
    success &&= promotion.success;
    lines.push(...promotion.lines.map((line) => masked(`${candidates.name}: ${line}`)));
  }
  return { success, lines };
}

interface Settings {
  root: string;
  manifest: string;
  dryRun: boolean;
  insecure: readonly string[];
  signal: AbortSignal;
}

async function promotePackage({ name, plans, problems }: PackageCandidates, settings: Settings): Promise<Promotion> {
  if (problems.length > 0) return nothingMoved(problems);
  const entries = readRepositoryEntries(settings.root, settings.manifest);
  const choice = chooseRepositories(name, plans[0]!.document.repositories, entries, process.env);
  if (choice.problems.length > 0) return nothingMoved(choice.problems);
  const skipped = choice.skipped.map((reason) => `skipped ${reason}`);
  if (choice.active.length === 0) return { success: true, lines: ['no repository is active', ...skipped] };
  const clients = clientsOf(choice.active, settings);
  const moves: Move[] = [];
  const missing: string[] = [];
  try {
    for (const { repository } of choice.active) {
      for (const plan of plans) {
        const found = await findMoves(clients(repository), repository, plan);
        moves.push(...found.moves);
        missing.push(...found.missing);
      }
    }
  } catch (error) {
    return nothingMoved([(error as Error).message]);
  }
  if (missing.length > 0) return nothingMoved(missing);
  if (settings.dryRun) {
    return { success: true, lines: [...skipped, ...moves.map((move) => describeMove(move, 'would move'))] };
  }
  const { success, problems: failures } = await carryOut(moves, clients, settings.signal);
  if (!success) return { success, lines: ['not all tags could be moved', ...failures.map((line) => `  ${line}`)] };
  return { success: true, lines: [...skipped, ...moves.map((move) => describeMove(move, 'moved'))] };
}

function nothingMoved(reasons: readonly string[]): Promotion {
  return { success: false, lines: ['no tag was moved', ...reasons.map((reason) => `  ${reason}`)] };
}

/** The client for a repository or a reference in it, with that repository's login. */
function clientsOf(
  active: readonly ActiveRepository[],
  { insecure, signal }: Settings,
): (name: string) => RegistryClient {
  const clients = active.map(({ repository, login }): [string, RegistryClient] => [
    repository,
    registryClient({
      credentials: async (registry) => login ?? findCredentials(registry, process.env),
      insecure,
      signal,
    }),
  ]);
  return (name) => clients.find(([repository]) => name === repository || name.startsWith(`${repository}:`))![1];
}
