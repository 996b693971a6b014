import type { DockerfileReader } from './dockerfile-reader.ts';
import type { DockerfileFacts } from './facts.ts';
import { pinReferences, type PinnedDockerfile } from './pin-references.ts';
import { changedFroms, haveSameArguments } from './same-template.ts';

type Arguments = Record<string, string>;

interface Known {
  args: Arguments;
  lines: readonly string[];
  facts: DockerfileFacts;
  pinned: { args: Arguments; lines: readonly string[] };
}

/**
 * Pins the references in the Dockerfiles of a matrix, many of which come from one template and differ only in comments and
 * in `FROM`. Looks for the places of digests only in the first of these.
 */
export class ReferencePinner {
  readonly #known = new Map<string, Known>();
  readonly #dockerfiles: DockerfileReader;
  readonly #digestOf: (reference: string) => string | undefined;

  /** `digestOf` returns `sha256:...` for references that are to be pinned, always the same. */
  constructor(dockerfiles: DockerfileReader, digestOf: (reference: string) => string | undefined) {
    this.#dockerfiles = dockerfiles;
    this.#digestOf = digestOf;
  }

  /** Like `pinReferences`. `origin` names the source of the text; it affects the speed, not the result. */
  pin(text: string, args: Arguments, origin: string): PinnedDockerfile {
    // The reader knows one Dockerfile of an origin.
    const read = (dockerfile: string, values: Arguments) =>
      this.#dockerfiles.read(dockerfile, values, dockerfile === text ? origin : `${origin} pinned`);
    const lines = text.split('\n');
    const known = this.#known.get(origin);
    const adapted = known && haveSameArguments(known.args, args) ? this.#adapt(known, lines) : undefined;
    if (known && adapted !== undefined) {
      const values = known.pinned.args === known.args ? args : known.pinned.args;
      return { text: adapted, args: values, reading: read(adapted, values) };
    }
    const pinned = pinReferences(text, args, this.#digestOf, read);
    this.#remember(origin, { args, lines }, pinned);
    return pinned;
  }

  #remember(origin: string, { args, lines }: Pick<Known, 'args' | 'lines'>, pinned: PinnedDockerfile): void {
    const { facts } = pinned.reading;
    // A digest that has found no place, a heredoc and an `ONBUILD` are looked at each time.
    if (!facts || lines.some((line) => line.includes('<<') || /^\s*ONBUILD\s/i.test(line))) return;
    if (facts.references.some(({ reference, unknown }) => !unknown && this.#digestOf(reference) !== undefined)) return;
    this.#known.set(origin, { args, lines, facts, pinned: { args: pinned.args, lines: pinned.text.split('\n') } });
  }

  /** The text with digests; `undefined` if it differs in more than comments and plain `FROM`s. */
  #adapt({ lines: before, facts, pinned }: Known, lines: readonly string[]): string | undefined {
    const changed = changedFroms(before, lines);
    if (!changed || !changed.every(({ index }) => isBuiltFrom(facts, index + 1))) return undefined;
    const froms = new Map(changed.map(({ index, after }) => [index, after]));
    return lines
      .map((line, index) => {
        if (line === before[index]) return pinned.lines[index] ?? line;
        const from = froms.get(index);
        const digest = from === undefined ? undefined : this.#digestOf(from);
        return digest === undefined ? line : `${line}@${digest}`;
      })
      .join('\n');
  }
}

/** Whether a line is the `FROM` of a stage that is built, where no name of a stage can be meant. */
function isBuiltFrom({ references, stages }: DockerfileFacts, at: number): boolean {
  return (
    references.some(({ kind, line }) => kind === 'FROM' && line === at) &&
    stages.every(({ name }) => name === undefined)
  );
}
