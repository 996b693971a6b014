import type { DockerfileFacts, DockerfileReading } from './facts.ts';
import { readDockerfile } from './read-dockerfile.ts';
import { isAutomatic, EXTERNAL_IMAGE } from './scope.ts';
import type { Heritage } from './scope.ts';

/** A Dockerfile read without the others. */
export interface Member {
  text: string;
  args: Readonly<Record<string, string>>;
  facts: DockerfileFacts;
  /** The images that a reference means, if their Dockerfiles are known. */
  parentsOf: (reference: string) => readonly Member[];
}

/**
 * Reads Dockerfiles that start `FROM` each other. A Dockerfile may depend on the `ENV` of all its ancestors, and on the
 * `ONBUILD` of its parent; only the few that do are read again.
 */
export class Family {
  readonly #readings = new Map<Member, DockerfileReading>();
  readonly #heritages = new Map<Member, Heritage>();

  /** Like `readDockerfile`, with what its parents pass on. */
  read(member: Member): DockerfileReading {
    let reading = this.#readings.get(member);
    if (!reading) {
      reading = this.#isTouched(member) ? this.#readAgain(member) : { facts: member.facts, problems: [] };
      this.#readings.set(member, reading);
    }
    return reading;
  }

  #isTouched(member: Member): boolean {
    const parents = parentsOf(member);
    return (
      parents.length > 0 && (asksBase(member.facts) || parents.some(({ facts }) => facts.heritage.triggers.length > 0))
    );
  }

  #readAgain({ text, args, parentsOf: find }: Member): DockerfileReading {
    return readDockerfile(text, args, (reference) => this.#common(find(reference)));
  }

  /** What several possible parents pass on. */
  #common(members: readonly Member[]): Heritage | undefined {
    const [first, ...others] = members.map((member) => this.#heritageOf(member));
    if (!first || others.length === 0) return first;
    return { ...EXTERNAL_IMAGE, triggers: [...new Set([first, ...others].flatMap(({ triggers }) => triggers))] };
  }

  #heritageOf(member: Member): Heritage {
    let heritage = this.#heritages.get(member);
    if (!heritage) {
      // Images that start `FROM` each other are reported where their names are known.
      this.#heritages.set(member, EXTERNAL_IMAGE);
      const facts = parentsOf(member).length > 0 ? this.#readAgain(member).facts : member.facts;
      heritage = facts?.heritage ?? EXTERNAL_IMAGE;
      this.#heritages.set(member, heritage);
    }
    return heritage;
  }
}

function parentsOf({ facts, parentsOf: find }: Member): Member[] {
  return facts.references.filter(({ kind }) => kind === 'FROM').flatMap(({ reference }) => find(reference));
}

/** Whether something depends on variables that an image with an unread Dockerfile may have set. */
function asksBase({ sources, references }: DockerfileFacts): boolean {
  const asks = ({ unknown }: { unknown?: readonly string[] }): boolean =>
    unknown?.some((name) => !isAutomatic(name)) ?? false;
  return sources.some(asks) || references.some(asks);
}
