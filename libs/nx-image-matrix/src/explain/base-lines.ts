import { lockedDigest, readBaseLock, type BaseLock } from '@nx-image-matrix/manifest';
import { inputFile, readInput } from '../matrix/inputs.ts';
import type { Cause } from './cause.ts';
import { splitDigest } from './facts.ts';
import type { Side, SideImage } from './read-side.ts';

/** The bases that an image names itself and whose digest in `images.lock` differs. */
export function movedBases(old: SideImage, now: SideImage, before: Side, after: Side): Cause[] {
  const [was, is] = [lockOf(before, old), lockOf(after, now)];
  const names = new Set([...externalNames(old), ...externalNames(now)]);
  return [...names].flatMap((name): Cause[] => {
    const [from, to] = [lockedDigest(was, name), lockedDigest(is, name)];
    const line = to ?? from;
    if (!line || from?.digest === to?.digest) return [];
    return [
      {
        kind: 'base-moved',
        name: line.reference,
        ...(from ? { from: from.digest } : { change: 'added' as const }),
        ...(to ? { to: to.digest } : { change: 'removed' as const }),
        file: inputFile((to ? now : old).matrix.file, 'baseLock'),
        line: line.line,
        ...(!to && { gone: true as const }),
      },
    ];
  });
}

function externalNames({ generated }: SideImage): string[] {
  return generated.references.flatMap(({ reference }) => splitDigest(reference).name);
}

const locks = new WeakMap<Side, Map<string, BaseLock>>();

function lockOf(side: Side, { matrix }: SideImage): BaseLock {
  const known = locks.get(side) ?? new Map<string, BaseLock>();
  locks.set(side, known);
  const lock = known.get(matrix.file) ?? readLock(side, matrix.file);
  known.set(matrix.file, lock);
  return lock;
}

function readLock({ workspace }: Side, manifest: string): BaseLock {
  return readBaseLock(readInput(workspace.root, manifest, 'baseLock') ?? '', inputFile(manifest, 'baseLock')).lock;
}
