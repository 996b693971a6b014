import type { DockerfileFacts, DockerfileReading } from './facts.ts';
import { readDockerfile } from './read-dockerfile.ts';
import { changedFroms, haveSameArguments, type ChangedFrom } from './same-template.ts';
import { shareFacts } from './share.ts';

type Arguments = Readonly<Record<string, string>>;

interface Known {
  lines: string[];
  args: Arguments;
  facts: DockerfileFacts;
}

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
    const facts = known && haveSameArguments(known.args, args) ? adapt(known, lines) : undefined;
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
  let adapted: DockerfileFacts | undefined = facts;
  for (const changed of changedFroms(before, lines) ?? [undefined]) {
    adapted = changed && adapted && replaceFrom(adapted, changed);
  }
  return adapted;
}

function replaceFrom(facts: DockerfileFacts, { index, before, after: from }: ChangedFrom): DockerfileFacts | undefined {
  const at = index + 1;
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
