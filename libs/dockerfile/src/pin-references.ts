import type { DockerfileReading, ImageReference } from './facts.ts';
import { readDirectives, readInstructions, splitLines } from './instructions.ts';
import type { PlacedInstruction } from './instructions.ts';
import { haveSameArguments } from './same-template.ts';

export interface PinnedDockerfile {
  text: string;
  /** Build arguments, with the digests of those whose value a `FROM` names. */
  args: Record<string, string>;
  reading: DockerfileReading;
}

type Read = (text: string, args: Record<string, string>) => DockerfileReading;

/**
 * Appends digests to the external images that a Dockerfile names, each where it is written: in the default of the `ARG`
 * that it names, in the value of that build argument, or else in the instruction. `digestOf` returns `sha256:...` for
 * those that are to be pinned. Everything else keeps its bytes, and a reference that cannot take a digest stays as it is.
 */
export function pinReferences(
  text: string,
  args: Record<string, string>,
  digestOf: (reference: string) => string | undefined,
  read: Read,
): PinnedDockerfile {
  const reading = read(text, args);
  const unpinned = { text, args, reading };
  if (!reading.facts) return unpinned;
  const wanted = reading.facts.references.map((reference): PinnedReference => {
    const digest = reference.unknown ? undefined : digestOf(reference.reference);
    return { ...reference, ...(digest !== undefined && { digest }) };
  });
  if (!wanted.some(({ digest }) => digest !== undefined) && !/^\s*ONBUILD\s/im.test(text)) return unpinned;
  for (const intoArguments of [true, false]) {
    const target = targetOf(text, args, intoArguments);
    const pinned = wanted.map(
      (reference) => reference.digest !== undefined && pin(reference, reference.digest, target),
    );
    pinOnbuild(target, digestOf);
    const changed = target.lines.join('\n');
    const values = haveSameArguments(args, target.args) ? args : target.args;
    if (changed === text && values === args) return unpinned;
    const result = { text: changed, args: values, reading: read(changed, values) };
    if (isPinned(result.reading, wanted, pinned)) return result;
  }
  return unpinned;
}

type PinnedReference = ImageReference & { digest?: string };

/** Whether exactly the pinned references have got their digests: the value of an `ARG` may be a part of another reference. */
function isPinned(
  { facts }: DockerfileReading,
  wanted: readonly PinnedReference[],
  pinned: readonly boolean[],
): boolean {
  const expected = wanted.map(({ reference, digest }, index) => (pinned[index] ? `${reference}@${digest}` : reference));
  const found = facts?.references.map(({ reference }) => reference);
  return expected.length === found?.length && expected.every((reference, index) => reference === found[index]);
}

interface Target {
  lines: string[];
  instructions: readonly PlacedInstruction[];
  args: Record<string, string>;
  /** Whether digests may enter the values of arguments. */
  intoArguments: boolean;
  /** `NAME=value` of the arguments whose defaults have been pinned. */
  pinnedDefaults: Set<string>;
}

function targetOf(text: string, args: Record<string, string>, intoArguments: boolean): Target {
  const plain = splitLines(text);
  const [instructions] = readInstructions(plain, readDirectives(plain).escape);
  return { lines: text.split('\n'), instructions, args: { ...args }, intoArguments, pinnedDefaults: new Set() };
}

function pin({ kind, line, reference, written = reference }: ImageReference, digest: string, target: Target): boolean {
  const pinned = `${reference}@${digest}`;
  const variable = /^["']?\$(?:(\w+)|\{(\w+)\})["']?$/.exec(written);
  const name = variable?.[1] ?? variable?.[2];
  if (name !== undefined && target.intoArguments && pinArgument(name, reference, pinned, target)) return true;
  const at = target.instructions.find((instruction) => instruction.line === line);
  return at !== undefined && appendInside(target.lines, at, patternOf(kind, written), digest);
}

/** The argument that gives a variable its value: the build's own, else the default of each `ARG` of that name and value. */
function pinArgument(name: string, value: string, pinned: string, target: Target): boolean {
  const { lines, instructions, args, pinnedDefaults } = target;
  if (Object.hasOwn(args, name)) {
    if (args[name] === value) args[name] = pinned;
    return args[name] === pinned;
  }
  const key = `${name}=${value}`;
  const pattern = new RegExp(`(\\s${name}=["']?)${escaped(value)}(?=["']?(?:\\s|$))`);
  for (const instruction of instructions) {
    if (instruction.keyword !== 'ARG') continue;
    if (replaceInside(lines, instruction, pattern, (_, before) => before + pinned)) pinnedDefaults.add(key);
  }
  return pinnedDefaults.has(key);
}

/** The place of a reference in its instruction: what is before it, and the reference. */
function patternOf(kind: ImageReference['kind'], written: string): RegExp {
  const before = { FROM: '\\s["\']?', COPY: '--from=["\']?', RUN: '\\bfrom=["\']?' }[kind];
  const bare = written.replace(/^(["'])(.*)\1$/, '$2');
  return new RegExp(`(${before}${escaped(bare)})(?=["',\\s]|$)`, 'i');
}

function appendInside(lines: string[], instruction: PlacedInstruction, pattern: RegExp, digest: string): boolean {
  return replaceInside(lines, instruction, pattern, (_, before) => `${before}@${digest}`);
}

function replaceInside(
  lines: string[],
  { line, end }: PlacedInstruction,
  pattern: RegExp,
  replace: (whole: string, before: string) => string,
): boolean {
  for (let at = line - 1; at < end - 1; at++) {
    const text = lines[at];
    if (text === undefined || /^\s*#/.test(text) || !pattern.test(text)) continue;
    lines[at] = text.replace(pattern, replace);
    return true;
  }
  return false;
}

/** An `ONBUILD` is read in other Dockerfiles, and written here. */
function pinOnbuild({ lines, instructions }: Target, digestOf: (reference: string) => string | undefined): void {
  const origin = /((?:--from=|\bfrom=)["']?([\w./:-]+))(?=["',\s]|$)/gi;
  for (const { keyword, line, end } of instructions) {
    if (keyword !== 'ONBUILD') continue;
    for (let at = line - 1; at < end - 1; at++) {
      lines[at] = (lines[at] ?? '').replace(origin, (whole, _before: string, reference: string) => {
        const digest = digestOf(reference);
        return digest === undefined ? whole : `${whole}@${digest}`;
      });
    }
  }
}

function escaped(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, String.raw`\$&`);
}
