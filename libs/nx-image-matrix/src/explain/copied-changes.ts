import { join, posix } from 'node:path';
import { literalGlob } from '@nx-image-matrix/dockerfile';
import { createContextMatcher } from '../build-context/context-matcher.ts';
import { submodulesAround } from '../workspace/submodules.ts';
import { SUBMODULE_MODE, type ChangedPath } from '../workspace/git-changes.ts';
import type { Side, SideImage } from './read-side.ts';

const DOCKERIGNORE = 'Dockerfile.dockerignore';

/** Whether a path enters the build of an image in one state. */
type Enters = (path: string) => boolean;

/**
 * Finds the changed files that images copy. Answers are shared by images that copy the same paths.
 * @returns a function from both states of an image to those paths.
 */
export function copiedChanges(
  before: Side,
  after: Side,
  changes: readonly ChangedPath[],
): (old: SideImage | undefined, now: SideImage) => ChangedPath[] {
  const submodules = changes.flatMap((change) => (isSubmodule(change) ? [change.path] : []));
  const [entersBefore, entersNow] = [enteringOf(before, submodules), enteringOf(after, submodules)];
  const known = new Map<string, ChangedPath[]>();
  return (old, now) => {
    if (changes.length === 0) return [];
    const key = JSON.stringify([old && contextKey(old), contextKey(now)]);
    let found = known.get(key);
    if (!found) {
      const was: Enters = old ? entersBefore(old) : () => false;
      const is = entersNow(now);
      found = changes.filter((change) => (change.before && was(change.path)) || (change.after && is(change.path)));
      known.set(key, found);
    }
    return found;
  };
}

function isSubmodule({ before, after }: ChangedPath): boolean {
  return before?.mode === SUBMODULE_MODE || after?.mode === SUBMODULE_MODE;
}

function contextKey({ generated, matrix }: SideImage): unknown {
  const dockerignore = generated.files.find(({ path }) => path === DOCKERIGNORE)?.hash;
  return [matrix.contextDir, dockerignore, generated.sources.map(({ path }) => path)];
}

function dockerignoreOf({ generated }: Pick<SideImage, 'generated'>): string {
  return String(generated.rendered.find(({ path }) => path === DOCKERIGNORE)?.content ?? '');
}

function enteringOf({ workspace }: Side, submodules: readonly string[]): (image: SideImage) => Enters {
  return (image) => {
    const { contextDir } = image.matrix;
    const sources = image.generated.sources.map(({ path }) => path);
    const isSent = createContextMatcher(join(workspace.root, contextDir), dockerignoreOf(image), sources);
    const copied = image.generated.contextInputs.map((glob) => posix.join(literalGlob(contextDir), glob));
    return (path) => {
      if (submodules.includes(path)) return copied.some((glob) => submodulesAround(glob, [path]).length > 0);
      const inside = posix.relative(contextDir, path);
      return inside !== '' && !inside.startsWith('../') && isSent(inside);
    };
  };
}
