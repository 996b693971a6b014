import { type Diagnostic, sortDiagnostics } from '@nx-image-matrix/diagnostics';
import { isImageReference } from '../references/grammar.ts';
import { familiarReference, parseReference } from '../references/reference.ts';
import { Problems } from '../yaml/problems.ts';
import { readTree } from '../yaml/read-tree.ts';
import type { Entry, MapNode, Place } from '../yaml/tree.ts';

/** A line of `images.lock`. */
export interface LockedBase extends Place {
  /** As the line has it: `debian:bookworm-slim`. */
  reference: string;
  /** `sha256:...`, of the index where there is one. */
  digest: string;
}

/** The digests of external base images, by their familiar references. */
export type BaseLock = ReadonlyMap<string, LockedBase>;

/** OCI image specification, "Digests"; registries and engines have these two algorithms. */
const DIGEST = /^(?:sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128})$/;

/** Reads the text of an `images.lock`; lines that are wrong are reported and left out. Never throws for bad input. */
export function readBaseLock(text: string, file: string): { lock: BaseLock; diagnostics: Diagnostic[] } {
  const problems = new Problems(file);
  const tree = readTree(text, problems);
  const lock = new Map<string, LockedBase>();
  if (tree?.kind === 'map') addLines(tree, lock, problems);
  else if (tree && !(tree.kind === 'scalar' && tree.value === null)) {
    problems.add(tree, 'bad-lock', `${file} is not a map of references to digests`, { hint: REFRESH });
  }
  return { lock, diagnostics: sortDiagnostics(problems.diagnostics) };
}

/** A reference with the digest that the lock has for it, if any. */
export function pinnedReference(lock: BaseLock, reference: string): string {
  const digest = lock.size === 0 ? undefined : lockedDigest(lock, reference)?.digest;
  return digest === undefined ? reference : `${reference}@${digest}`;
}

/** The digest of a reference, however it is spelled; none for a reference that has one. */
export function lockedDigest(lock: BaseLock, reference: string): LockedBase | undefined {
  return lock.get(familiarReference(reference));
}

const REFRESH = 'remove the line, and write it again with `docker-refresh`';

function addLines(tree: MapNode, lock: Map<string, LockedBase>, problems: Problems): void {
  for (const { key, value } of tree.entries.values()) {
    const problem = problemOf({ key, value, at: value });
    const name = problem ? '' : familiarReference(key.text);
    const first = lock.get(name);
    if (problem) problems.add(problem.at, 'bad-lock', problem.message, { hint: problem.hint });
    else if (first) {
      const message = `\`${key.text}\` is \`${first.reference}\` of line ${first.line} in other words`;
      problems.add(key, 'bad-lock', message, { hint: 'keep one of the two lines' });
    } else {
      const { line, column } = key;
      lock.set(name, { reference: key.text, digest: value.kind === 'scalar' ? value.text : '', line, column });
    }
  }
}

function problemOf({ key, value }: Entry): { at: Place; message: string; hint: string } | undefined {
  if (!isImageReference(key.text)) {
    return {
      at: key,
      message: `\`${key.text}\` is not an image reference`,
      hint: 'write it as `debian:bookworm-slim`',
    };
  }
  if (parseReference(key.text).digest !== undefined) {
    return {
      at: key,
      message: `\`${key.text}\` has a digest already`,
      hint: 'remove the line: such a reference does not move',
    };
  }
  if (value.kind === 'scalar' && DIGEST.test(value.text)) return undefined;
  const found = value.kind === 'scalar' ? `\`${value.text}\`` : `a ${value.kind}`;
  return { at: value, message: `${found} is not a digest (\`sha256:\` and 64 hexadecimal digits)`, hint: REFRESH };
}
