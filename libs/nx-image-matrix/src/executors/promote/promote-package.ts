import type { RegistryClient } from '@nx-image-matrix/engine';
import { describeError } from '../../format/describe.ts';
import type { PlannedReference } from '../../format/plan-table.ts';
import {
  chooseRepositories,
  readRepositoryEntries,
  skippedReferences,
  type ActiveRepository,
  type RepositoryChoice,
} from '../../repositories/repositories.ts';
import type { FillTag } from '../run-tags.ts';
import type { RegistryAccess } from '../../repositories/registry-access.ts';
import type { PackageCandidates } from './candidates.ts';
import { carryOut, type Clients } from './carry-out.ts';
import { describeMove, findMoves, mixedPlatforms, plannedMove, type FoundMoves } from './find-moves.ts';

export interface PromotionSettings {
  root: string;
  manifest: string;
  dryRun: boolean;
  access: RegistryAccess;
  fill: FillTag;
  signal: AbortSignal;
}

/** The result for the floating tags of one package. */
export interface PackagePromotion {
  success: boolean;
  lines: string[];
  /** In a dry run: the planned moves. */
  planned?: PlannedReference[];
}

/** Moves the floating tags of one package, or none of them. */
export async function promotePackage(
  candidates: PackageCandidates,
  settings: PromotionSettings,
): Promise<PackagePromotion> {
  if (candidates.problems.length > 0) return nothingMoved(candidates.problems);
  try {
    return await promoteCandidates(candidates, settings);
  } catch (error) {
    return nothingMoved([describeError(error)]);
  }
}

async function promoteCandidates(
  { name, plans }: PackageCandidates,
  settings: PromotionSettings,
): Promise<PackagePromotion> {
  const entries = readRepositoryEntries(settings.root, settings.manifest);
  const choice = chooseRepositories(name, plans[0]!.document.repositories, entries, process.env);
  if (choice.problems.length > 0) return nothingMoved(choice.problems);
  const notes: string[] = [];
  const clients = clientsOf(choice.active, settings, notes);
  let found: FoundMoves;
  try {
    found = await findAll(choice, plans, clients, settings.fill);
  } catch (error) {
    return nothingMoved([...notes, describeError(error)]);
  }
  const { moves, missing } = found;
  if (missing.length > 0) return nothingMoved(missing);
  if (settings.dryRun) {
    const tags = plans.flatMap(({ document }) => document.floatingTags);
    const planned = [...moves.map(plannedMove), ...skippedReferences(choice.skipped, tags)];
    return { success: true, lines: notes, planned };
  }
  const skipped = choice.skipped.map(({ repository, reason }) => `skipped ${repository}: ${reason}`);
  if (choice.active.length === 0) return { success: true, lines: ['no repository is active', ...skipped] };
  const { success, problems: failures } = await carryOut(moves, clients, settings.signal);
  if (success) return { success, lines: [...skipped, ...notes, ...moves.map(describeMove)] };
  return { success, lines: ['not all tags could be moved', ...[...notes, ...failures].map((line) => `  ${line}`)] };
}

async function findAll(
  { active }: RepositoryChoice,
  plans: PackageCandidates['plans'],
  clients: Clients,
  fill: FillTag,
): Promise<FoundMoves> {
  const all: FoundMoves = { moves: [], missing: [] };
  for (const { repository } of active) {
    for (const plan of plans) {
      const { moves, missing } = await findMoves(clients(repository), repository, plan, fill);
      all.moves.push(...moves);
      all.missing.push(...missing);
    }
  }
  all.missing.push(...mixedPlatforms(all.moves));
  return all;
}

function nothingMoved(reasons: readonly string[]): PackagePromotion {
  return { success: false, lines: ['no tag was moved', ...reasons.map((reason) => `  ${reason}`)] };
}

/** The client for a repository or a reference in it, with that repository's login. Reports retries as notes. */
function clientsOf(active: readonly ActiveRepository[], { access }: PromotionSettings, notes: string[]): Clients {
  const clients = active.map((target): [string, RegistryClient] => [
    target.repository,
    access.clientOf(target, { onNote: (line) => notes.push(line) }),
  ]);
  return (name) => clients.find(([repository]) => name === repository || name.startsWith(`${repository}:`))![1];
}
