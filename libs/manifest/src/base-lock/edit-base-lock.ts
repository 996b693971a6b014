import { familiarReference } from '../references/reference.ts';
import { formatBaseLock, lineOfBase } from './format-base-lock.ts';
import { readBaseLock, type BaseLock } from './read-base-lock.ts';

/**
 * The text of an `images.lock` after a change of some of its digests, by familiar reference; `undefined` removes a line.
 * All other lines keep their bytes, unless the text has a form in which lines cannot be changed one by one.
 */
export function editBaseLock(text: string, changes: ReadonlyMap<string, string | undefined>): string {
  const { lock } = readBaseLock(text, '');
  const wanted = new Map([...lock].map(([name, { digest }]) => [name, digest]));
  for (const [name, digest] of changes) {
    if (digest === undefined) wanted.delete(name);
    else wanted.set(name, digest);
  }
  const edited = editLines(text, lock, changes);
  return isLockOf(edited, wanted) ? edited : formatBaseLock(wanted);
}

function editLines(text: string, lock: BaseLock, changes: ReadonlyMap<string, string | undefined>): string {
  const end = text.includes('\r\n') ? '\r\n' : '\n';
  const lines = text.split(/(?<=\n)/);
  const entries = new Map([...lock].map(([name, entry]) => [entry.line, { name, ...entry }]));
  let added = [...changes]
    .flatMap(([name, digest]) => (digest === undefined || lock.has(name) ? [] : [lineOfBase(name, digest)]))
    .sort();
  const result: string[] = [];
  for (const [index, line] of lines.entries()) {
    const entry = entries.get(index + 1);
    const before = entry ? added.filter((other) => other < line) : [];
    added = added.slice(before.length);
    result.push(...before.map((other) => other + end));
    if (!entry || !changes.has(entry.name)) result.push(line);
    else {
      const digest = changes.get(entry.name);
      if (digest !== undefined) result.push(line.replace(entry.digest, digest));
    }
  }
  if (added.length > 0 && text !== '' && !text.endsWith('\n')) result.push(end);
  return [...result, ...added.map((line) => line + end)].join('');
}

/** Anchors, flow style and values on lines of their own do not survive an edit of single lines. */
function isLockOf(text: string, wanted: ReadonlyMap<string, string>): boolean {
  const { lock, diagnostics } = readBaseLock(text, '');
  if (diagnostics.length > 0 || lock.size !== wanted.size) return false;
  return [...wanted].every(([name, digest]) => lock.get(familiarReference(name))?.digest === digest);
}
