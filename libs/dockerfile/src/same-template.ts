import { isDirective } from './instructions.ts';

/** Longest line to compare, in characters; `readDockerfile` handles longer ones, and rejects some. */
const LONGEST = 1_000;
const PLAIN_FROM = /^FROM ([a-z0-9][\w./:@-]*)$/;

type Arguments = Readonly<Record<string, string>>;

/** A `FROM` without a variable and a name that has another image. */
export interface ChangedFrom {
  /** From 0. */
  index: number;
  before: string;
  after: string;
}

/**
 * The plain `FROM`s in which the lines of two Dockerfiles differ, if they differ in nothing else but comments; `undefined`
 * if they differ in more. Files with heredocs must not be compared: the end of one may look like a comment.
 */
export function changedFroms(before: readonly string[], after: readonly string[]): ChangedFrom[] | undefined {
  if (after.length !== before.length) return undefined;
  const changed: ChangedFrom[] = [];
  for (let index = 0; index < after.length; index++) {
    const line = after[index];
    const old = before[index];
    if (line === old) continue;
    if (line === undefined || old === undefined) return undefined;
    if (isComment(line) && isComment(old)) continue;
    const from = plainFrom(line);
    const oldFrom = plainFrom(old);
    if (from === undefined || oldFrom === undefined || from === 'scratch') return undefined;
    changed.push({ index, before: oldFrom, after: from });
  }
  return changed;
}

/** Whether two builds have the same arguments. */
export function haveSameArguments(one: Arguments, other: Arguments): boolean {
  const names = Object.keys(one);
  return (
    names.length === Object.keys(other).length &&
    names.every((name) => Object.hasOwn(other, name) && one[name] === other[name])
  );
}

function isComment(line: string): boolean {
  return line.startsWith('#') && line.length <= LONGEST && !isDirective(line);
}

function plainFrom(line: string): string | undefined {
  return line.length <= LONGEST ? PLAIN_FROM.exec(line)?.[1] : undefined;
}
