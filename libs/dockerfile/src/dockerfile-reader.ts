import type { DockerfileFacts, DockerfileReading } from './facts.ts';
import { isDirective } from './instructions.ts';
import { readDockerfile } from './read-dockerfile.ts';
import { shareFacts } from './share.ts';

type Arguments = Readonly<Record<string, string>>;

interface Known {
  lines: string[];
  args: Arguments;
  facts: DockerfileFacts;
}

/** Longest line to compare, in characters; `readDockerfile` handles longer ones, and rejects some. */
const LONGEST = 1_000;
const PLAIN_FROM = /^FROM ([a-z0-9][\w./:@-]*)$/;

/**
 * Reads the Dockerfiles of a matrix, many of which come from one template and differ only in comments and in `FROM`.
 * Parses only the first of these.
 */
export class DockerfileReader {
  readonly #known = new Map<string, Known>();
  readonly #latest = new Map<string, DockerfileFacts>();

  /** Like `readDockerfile`. `origin` names the source of the text; it affects the speed, not the result. */
  read(text: string, args: Arguments, origin: string): DockerfileReading {
    const known = this.#known.get(origin);
    const lines = text.split('\n');
    const facts = known && areSame(known.args, args) ? adapt(known, lines) : undefined;
    if (facts) return { facts, problems: [] };
    const reading = readDockerfile(text, args);
    if (!reading.facts) return reading;
    const shared = this.#share(reading.facts, origin);
    // The end of a heredoc may look like a comment.
    if (!text.includes('<<')) this.#known.set(origin, { lines, args, facts: shared });
    return { ...reading, facts: shared };
  }

  #share(facts: DockerfileFacts, origin: string): DockerfileFacts {
    const latest = this.#latest.get(origin);
    const shared = latest ? shareFacts(facts, latest) : facts;
    this.#latest.set(origin, shared);
    return shared;
  }
}

/** The facts of a file that differs only in comments and plain `FROM`s; `undefined` if it differs in more. */
function adapt({ lines: before, facts }: Known, lines: readonly string[]): DockerfileFacts | undefined {
  if (lines.length !== before.length) return undefined;
  let adapted: DockerfileFacts | undefined = facts;
  for (let index = 0; index < lines.length; index++) {
    const line = lines[index];
    const old = before[index];
    if (line === old) continue;
    if (line === undefined || old === undefined) return undefined;
    if (isComment(line) && isComment(old)) continue;
    adapted = replaceFrom(adapted, index + 1, old, line);
    if (!adapted) return undefined;
  }
  return adapted;
}

function areSame(one: Arguments, other: Arguments): boolean {
  const names = Object.keys(one);
  return (
    names.length === Object.keys(other).length &&
    names.every((name) => Object.hasOwn(other, name) && one[name] === other[name])
  );
}

function isComment(line: string): boolean {
  return line.startsWith('#') && line.length <= LONGEST && !isDirective(line);
}

function replaceFrom(facts: DockerfileFacts, at: number, old: string, line: string): DockerfileFacts | undefined {
  const before = PLAIN_FROM.exec(old)?.[1];
  const from = line.length <= LONGEST ? PLAIN_FROM.exec(line)?.[1] : undefined;
  if (before === undefined || from === undefined || from === 'scratch') return undefined;
  if (facts.stages.some(({ name }) => name !== undefined)) return undefined;
  const reference = facts.references.find(({ kind, line: place }) => kind === 'FROM' && place === at);
  if (reference?.reference !== before) return undefined;
  return {
    ...facts,
    ...(facts.stages.at(-1)?.line === at && { base: from }),
    stages: facts.stages.map((stage) => (stage.line === at ? { ...stage, from } : stage)),
    references: facts.references.map((other) => (other === reference ? { ...reference, reference: from } : other)),
  };
}
