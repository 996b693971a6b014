import { subjectOf, registryTags, type RegistryClient, type RegistryTags } from '@nx-image-matrix/engine';
import { matchesWildcard } from '@nx-image-matrix/dockerfile';
import type { ExecutorContext } from '@nx/devkit';
import { describeError } from '../../format/describe.ts';
import { repositoryPasswords } from '../../repositories/passwords.ts';
import { registryAccess, type RegistryAccess } from '../../repositories/registry-access.ts';
import type { ActiveRepository } from '../../repositories/repositories.ts';
import { workspaceOfRun } from '../../workspace/workspace.ts';
import { runTags } from '../run-tags.ts';
import { deleteImages, type Outcome } from './carry-out.ts';
import { decide } from './decide.ts';
import { isBuildId, oldStaged } from './old-staged.ts';
import { isMatched, oldTags } from './old-tags.ts';
import { readTags } from './read-tags.ts';
import { removalsOf } from './removals.ts';
import { retentionScopes, type RetentionScope } from './scopes.ts';
import { stagingScope, type StagingScope } from './staging-scope.ts';
import { goes, type PlannedTag, type TagFacts } from './tag-facts.ts';

/** A repository whose tags were read, with what happens to each. */
export interface PrunedRepository {
  repository: string;
  planned: PlannedTag[];
  /** Of the tags that were to be deleted, if they were. */
  outcomes: ReadonlyMap<string, Outcome>;
}

/** The result for all repositories of a manifest. */
export interface Pruning {
  repositories: PrunedRepository[];
  notes: string[];
  /** What has failed, in words. */
  problems: string[];
}

/** What to prune. */
export interface PruneRequest {
  /** Workspace-relative path of the manifest. */
  manifest: string;
  /** Whether to delete. */
  yes: boolean;
}

type PruneContext = Pick<ExecutorContext, 'root' | 'nxJsonConfiguration' | 'projectsConfigurations'>;

/** A repository with its plan, and how it is accessed. */
interface Plan {
  repository: string;
  planned: PlannedTag[];
  client: RegistryClient;
  tags: RegistryTags;
  floating: ReadonlySet<string>;
  /** What the user should know of it. */
  notes: string[];
}

/**
 * Plans which old tags of a manifest's repositories go, and deletes them if that is wanted. Every repository is read, and
 * has to allow deletions, before the first one is changed.
 *
 * @throws Error if a manifest has errors, or git cannot tell what a tag asks for
 */
export async function pruneTags(
  { manifest, yes }: PruneRequest,
  context: PruneContext,
  signal: AbortSignal,
): Promise<Pruning> {
  const workspace = workspaceOfRun(context);
  repositoryPasswords(context.root, manifest);
  const { insecureRegistries: insecure } = workspace.optionsOf(manifest);
  const access = registryAccess({ insecure, signal });
  const { scopes, notes, problems } = retentionScopes(workspace, manifest, runTags(context.root));
  const staging = await stagingScope(workspace, manifest, context);
  if (staging && 'note' in staging) notes.push(staging.note);
  if (staging && 'problems' in staging) problems.push(...staging.problems);
  const now = Date.now();
  const plans: Plan[] = [];
  for (const plan of [
    ...scopes.map((scope) => () => planRetention(scope, access, now)),
    ...(staging && 'scope' in staging ? [() => planStaging(staging.scope, access, now)] : []),
  ]) {
    try {
      const planned = await plan();
      plans.push(planned);
      notes.push(...planned.notes);
    } catch (error) {
      if (signal.aborted) throw error;
      problems.push(describeError(error));
    }
  }
  const outcomes =
    yes && problems.length === 0 ? await carryOut(plans, problems) : new Map<Plan, Map<string, Outcome>>();
  const repositories = plans.map((plan): PrunedRepository => {
    const { repository, planned } = plan;
    return { repository, planned, outcomes: outcomes.get(plan) ?? new Map() };
  });
  return { repositories, notes, problems };
}

function accessTo(target: ActiveRepository, access: RegistryAccess): Pick<Plan, 'client' | 'repository' | 'tags'> {
  const { repository } = target;
  return {
    repository,
    client: access.clientOf(target),
    tags: registryTags(access.optionsOf(target)),
  };
}

async function planRetention(
  { target, rules, fixedTimes }: RetentionScope,
  access: RegistryAccess,
  now: number,
): Promise<Plan> {
  const own = accessTo(target, access);
  const isWanted = (tag: string): boolean => subjectOf(tag) === undefined && isMatched(rules, tag);
  const facts = await readTags(own.repository, {
    ...own,
    isWanted,
    fixedTimes,
    now,
  });
  const verdicts = oldTags(facts, rules);
  const planned = decide(facts, ({ tag }) => verdicts.get(tag) ?? { stays: 'unmatched' });
  const found = planned.filter(({ verdict }) => 'stays' in verdict && verdict.stays === 'floating');
  const floating = new Set([...rules.floating, ...found.map(({ tag }) => tag)]);
  return { ...own, planned, floating, notes: unmatched(own.repository, rules, facts) };
}

async function planStaging(
  { target, rules, fixedTimes }: StagingScope,
  access: RegistryAccess,
  now: number,
): Promise<Plan> {
  const own = accessTo(target, access);
  const facts = await readTags(own.repository, {
    ...own,
    isWanted: isBuildId,
    fixedTimes,
    now,
  });
  const planned = decide(facts, (tag) => oldStaged(tag, { ...rules, now }));
  return { ...own, planned, floating: new Set(), notes: [] };
}

/** Patterns that no tag matches. */
function unmatched(repository: string, { retention }: RetentionScope['rules'], facts: readonly TagFacts[]): string[] {
  return [...retention].flatMap(([type, { pattern }]) =>
    facts.some(({ tag }) => matchesWildcard(pattern, tag))
      ? []
      : [`no tag of ${repository} matches "${pattern}", the pattern of ${type}`],
  );
}

/** Deletes nothing if one of the repositories does not allow it. */
async function carryOut(plans: readonly Plan[], problems: string[]): Promise<Map<Plan, Map<string, Outcome>>> {
  const outcomes = new Map<Plan, Map<string, Outcome>>();
  const due = plans.filter(({ planned }) => planned.some(goes));
  for (const { repository, tags } of due) {
    try {
      await tags.checkRemoval(repository);
    } catch (error) {
      problems.push(describeError(error, repository));
    }
  }
  if (problems.length > 0) return outcomes;
  for (const plan of due) outcomes.set(plan, await deleteImages(removalsOf(plan.planned), plan));
  return outcomes;
}
