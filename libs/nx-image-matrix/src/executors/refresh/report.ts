import { formatDiagnostics, formatProblem, type Diagnostic, type DiagnosticCode } from '@nx-image-matrix/diagnostics';
import { CodedError } from '@nx-image-matrix/diagnostics';
import { formatTable } from '@nx-image-matrix/format';
import { registryOf } from '@nx-image-matrix/manifest/reference';
import { shortId } from '../../format/describe.ts';
import type { ExternalReference } from '../../matrix/external-references.ts';
import type { FoundBase, RefreshPlan } from './plan-refresh.ts';

/** The table of what changes; empty if nothing does. */
export function changesTable({ found, unused }: RefreshPlan): string {
  const moved = found.filter(({ state }) => state === 'moved' || state === 'new');
  const rows = [
    ...moved.map((base) => [
      base.reference,
      short(base.from),
      short('to' in base ? base.to : undefined),
      affected(base),
    ]),
    ...unused.map(({ reference, from }) => [reference, short(from), 'unused', '0']),
  ];
  return rows.length === 0 ? '' : formatTable(['REFERENCE', 'OLD', 'NEW', 'IMAGES'], rows);
}

function short(digest: string | undefined): string {
  return digest === undefined ? '-' : shortId(digest);
}

function affected({ images, direct }: FoundBase): string {
  return images.length === direct.length ? String(images.length) : `${images.length} (${direct.length} directly)`;
}

/** What changes, in words: `1 base has moved, 2 are new`. */
export function changesInWords({ found, unused }: RefreshPlan): string {
  const count = (state: FoundBase['state']): number => found.filter((base) => base.state === state).length;
  const parts = [
    ...inWords(count('moved'), 'moved'),
    ...inWords(count('new'), 'new'),
    ...inWords(unused.length, 'unused'),
  ];
  return parts.length === 0 ? 'nothing moved' : parts.join(', ');
}

function inWords(count: number, word: string): string[] {
  return count === 0 ? [] : [`${count} ${word}`];
}

/** Most references that a failure lists. */
const MOST = 5;

/** The failures of registries, equal ones once, with the references that have no answer. */
export function failures({ found }: RefreshPlan): string[] {
  const groups = new Map<string, { problem: Problem; references: string[] }>();
  for (const base of found) {
    if (base.state !== 'failed') continue;
    const { message, hint } = base.error;
    const code: DiagnosticCode = base.error instanceof CodedError ? base.error.code : 'registry-failed';
    const problem = { code, severity: 'error', message, hint } as const;
    const key = JSON.stringify([registryOf(base.reference), message, hint]);
    const { references } = groups.get(key) ?? { references: [] };
    groups.set(key, { problem, references: [...references, base.reference] });
  }
  return [...groups.values()].map(({ problem, references }) => formatProblem(problem, listOf(references)));
}

type Problem = Parameters<typeof formatProblem>[0];

function listOf(references: readonly string[]): string {
  const more = references.length - MOST;
  return more > 0 ? `${references.slice(0, MOST).join(', ')} and ${more} more` : references.join(', ');
}

/** Warnings of references that registries do not have. */
export function vanished({ found }: RefreshPlan): string[] {
  return found.flatMap(({ reference, from, state }) => {
    if (state !== 'gone') return [];
    const registry = registryOf(reference);
    const message =
      from === undefined
        ? `${registry} has no image of this name, so it gets no line`
        : `${registry} has no image of this name any more; its line stays`;
    const hint = 'check the name, or choose another base: an image that nobody has any more cannot be built again';
    return [formatProblem({ code: 'not-found', severity: 'warning', message, hint }, reference)];
  });
}

/** Warnings of references that are not one image. */
export function unresolvedWarnings(unresolved: readonly ExternalReference[]): string[] {
  return unresolved.map(({ reference: { reference, written = reference, unknown, line, column }, image }) => {
    const warning: Diagnostic = {
      code: 'unlocked-base',
      severity: 'warning',
      file: `${image.document.folder}/Dockerfile`,
      line,
      column,
      message: unknown
        ? `\`${written}\` is a different image for each ${unknown.join(', ')}, so it gets no line`
        : `\`${written}\` is not an image reference, so no registry is asked for it`,
      hint: 'name one image, or append the digest of an index for all platforms',
    };
    return formatDiagnostics([warning], () => undefined);
  });
}
