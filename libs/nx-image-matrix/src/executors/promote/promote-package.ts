import type { RegistryClient } from '@nx-image-matrix/engine';
import { describeError } from '../../format/describe.ts';
import type { BuildPlan } from '../../build-plan/plan.ts';
import type { PlannedReference } from '../../format/plan-table.ts';
import {
  chooseRepositories,
  readRepositoryEntries,
  skippedReferences,
  type ActiveRepository,
  type RepositoryChoice,
  type SkippedRepository,
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

async function promoteCandidates({ plans }: PackageCandidates, settings: PromotionSettings): Promise<PackagePromotion> {
  const entries = readRepositoryEntries(settings.root, settings.manifest);
  const choices = plans.map((plan): PlanChoice => [plan, chooseRepositories(plan.document, entries, process.env)]);
  const problems = [...new Set(choices.flatMap(([, choice]) => choice.problems))];
  if (problems.length > 0) return nothingMoved(problems);
  const active = distinct(choices.flatMap(([, choice]) => choice.active));
  const skipped = distinct(choices.flatMap(([, choice]) => choice.skipped));
  const notes: string[] = [];
  const clients = clientsOf(active, settings, notes);
  let found: FoundMoves;
  try {
    found = await findAll(active, choices, clients, settings.fill);
  } catch (error) {
    return nothingMoved([...notes, describeError(error)]);
  }
  const { moves, missing } = found;
  if (missing.length > 0) return nothingMoved(missing);
  if (settings.dryRun) {
    const unmoved = skipped.flatMap((target) => skippedReferences([target], tagsFor(target, choices)));
    return { success: true, lines: notes, planned: [...moves.map(plannedMove), ...unmoved] };
  }
  const unmoved = skipped.map(({ repository, reason }) => `skipped ${repository}: ${reason}`);
  if (active.length === 0) return { success: true, lines: ['no repository is active', ...unmoved] };
  const { success, problems: failures } = await carryOut(moves, clients, settings.signal);
  if (success) return { success, lines: [...unmoved, ...notes, ...moves.map(describeMove)] };
  return { success, lines: ['not all tags could be moved', ...[...notes, ...failures].map((line) => `  ${line}`)] };
}

type PlanChoice = [plan: BuildPlan, choice: RepositoryChoice];

/** One of these per repository. */
function distinct<T extends { repository: string }>(targets: readonly T[]): T[] {
  return [...new Map(targets.map((target) => [target.repository, target])).values()];
}

/** The floating tags of images for which a repository is skipped. */
function tagsFor({ repository }: SkippedRepository, choices: readonly PlanChoice[]): string[] {
  return choices.flatMap(([{ document }, { skipped }]) =>
    skipped.some((target) => target.repository === repository) ? document.floatingTags : [],
  );
}

async function findAll(
  active: readonly ActiveRepository[],
  choices: readonly PlanChoice[],
  clients: Clients,
  fill: FillTag,
): Promise<FoundMoves> {
  const all: FoundMoves = { moves: [], missing: [] };
  for (const { repository } of active) {
    for (const [plan, choice] of choices) {
      if (!choice.active.some((target) => target.repository === repository)) continue;
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
