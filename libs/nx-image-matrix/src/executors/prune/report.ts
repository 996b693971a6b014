import { age, formatTable } from '@nx-image-matrix/format';
import { shortId } from '../../format/describe.ts';
import type { Outcome } from './carry-out.ts';
import type { PrunedRepository, Pruning } from './prune.ts';
import { goes, keepReasons, type KeepReason, type PlannedTag } from './tag-facts.ts';

/** A line for each tag that goes, or was to go. */
export function prunedTable({ repositories }: Pruning, now: number): string {
  const rows = repositories.flatMap(({ repository, planned, outcomes }) =>
    planned
      .filter(goes)
      .map((tag) => [
        `${repository}:${tag.tag}`,
        shortId(tag.digest),
        tag.created === undefined ? '-' : age(now - tag.created),
        outcomeInWords(tag, outcomes.get(tag.tag)),
      ]),
  );
  return rows.length === 0 ? '' : formatTable(['REFERENCE', 'DIGEST', 'AGE', 'ACTION'], rows);
}

function outcomeInWords({ verdict }: PlannedTag, outcome: Outcome | undefined): string {
  const why = 'goes' in verdict ? verdict.goes : '';
  if (!outcome) return `delete: ${why}`;
  if ('left' in outcome) return `left: ${outcome.left}`;
  return 'failed' in outcome ? 'failed' : `deleted: ${why}`;
}

/** `docker.io/acme/app: 200 tags; 186 to delete; 14 stay (12 among the newest, 2 floating)` */
export function summaryOf({ repository, planned, outcomes }: PrunedRepository): string {
  const going = planned.filter(goes);
  const stays = new Map<KeepReason, number>();
  for (const { verdict } of planned) {
    if ('stays' in verdict) stays.set(verdict.stays, (stays.get(verdict.stays) ?? 0) + 1);
  }
  const reasons = [...stays].sort(([, a], [, b]) => b - a).map(([reason, count]) => `${count} ${keepReasons[reason]}`);
  const kept = planned.length - going.length;
  const ends = [...outcomes.values()];
  const counts = [
    ...(outcomes.size === 0
      ? [`${going.length} to delete`]
      : [`${ends.filter((end) => 'deleted' in end).length} deleted`]),
    ...countsOf(ends),
    `${kept} ${kept === 1 ? 'stays' : 'stay'}${reasons.length === 0 ? '' : ` (${reasons.join(', ')})`}`,
  ];
  return `${repository}: ${planned.length} ${planned.length === 1 ? 'tag' : 'tags'}; ${counts.join('; ')}`;
}

function* countsOf(ends: readonly Outcome[]): Generator<string> {
  const left = ends.filter((end) => 'left' in end).length;
  const failed = ends.filter((end) => 'failed' in end).length;
  if (left > 0) yield `${left} left`;
  if (failed > 0) yield `${failed} failed`;
}

/** What has failed, each reason once with the first reference. */
export function failuresOf({ repositories }: Pruning): string[] {
  return repositories.flatMap(({ repository, outcomes }) => {
    const reasons = new Map<string, { first: string; hint?: string; count: number }>();
    for (const [tag, outcome] of outcomes) {
      if (!('failed' in outcome)) continue;
      const known = reasons.get(outcome.failed) ?? {
        first: `${repository}:${tag}`,
        hint: outcome.hint,
        count: 0,
      };
      reasons.set(outcome.failed, { ...known, count: known.count + 1 });
    }
    return [...reasons].map(([reason, { first, hint, count }]) => {
      const others = count === 1 ? '' : ` and ${count - 1} more`;
      return `${first}${others}: ${reason}${hint ? `\n  hint: ${hint}` : ''}`;
    });
  });
}

/** The result for scripts: every tag, with what happens to it. */
export function pruningJson({ repositories, notes, problems }: Pruning): string {
  const document = {
    repositories: repositories.map(({ repository, planned, outcomes }) => ({
      repository,
      tags: planned.map((tag) => tagJson(tag, outcomes.get(tag.tag))),
    })),
    notes,
    problems,
  };
  return JSON.stringify(document, null, 2);
}

function tagJson({ tag, digest, created, verdict }: PlannedTag, outcome: Outcome | undefined): object {
  const known = {
    tag,
    digest,
    ...(created !== undefined && { created: new Date(created).toISOString() }),
  };
  if ('stays' in verdict)
    return {
      ...known,
      action: 'keep',
      reason: verdict.stays,
      ...(verdict.why && { why: verdict.why }),
    };
  if (!outcome) return { ...known, action: 'delete', why: verdict.goes };
  if ('left' in outcome) return { ...known, action: 'left', why: outcome.left };
  return 'failed' in outcome
    ? { ...known, action: 'failed', why: outcome.failed }
    : { ...known, action: 'deleted', why: verdict.goes };
}
