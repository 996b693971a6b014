import { imagesOf } from '../matrix/images-of.ts';
import type { Cause } from './cause.ts';
import type { SideImage } from './read-side.ts';
import type { Stage } from './trials.ts';

const expansions = new WeakMap<Stage, ReadonlySet<string>>();

/**
 * Why the former state of an image is not known: its manifest or its templates had an error then. `undefined` if the
 * image did not exist.
 */
export function unreadableCause(before: Stage, { generated, matrix }: SideImage): Cause | undefined {
  const { errors, workspace, read } = before.side;
  const [first] = errors;
  if (!first) return undefined;
  const hadManifest = workspace.manifests.includes(matrix.file);
  const wasRead = read.matrices.some(({ file }) => file === matrix.file);
  if (wasRead && !namesBefore(before).has(generated.image.name)) return undefined;
  if (!hadManifest) return undefined;
  const named = errors.find(({ message }) => message.includes(generated.image.name));
  const { file, line, message } = named ?? errors.find((error) => error.file === matrix.file) ?? first;
  return { kind: 'base-unreadable', name: message, file, line };
}

function namesBefore(before: Stage): ReadonlySet<string> {
  const known =
    expansions.get(before) ??
    new Set(imagesOf(before.side.workspace).flatMap(({ images = [] }) => images.map(({ name }) => name)));
  expansions.set(before, known);
  return known;
}
