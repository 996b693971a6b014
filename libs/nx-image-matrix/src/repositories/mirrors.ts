import { dockerMirrors } from '@nx-image-matrix/engine';
import { readMirror, type Mirror } from '@nx-image-matrix/engine/mirror';
import { registryOf } from '@nx-image-matrix/manifest/reference';
import type { ResolvedOptions } from '../options/resolve-options.ts';

const HUB = 'docker.io';

/** The mirrors of the options, by registry; for Docker Hub those of the docker engine, if the options name none. */
export async function mirrorsFor(
  references: readonly string[],
  { mirrors, engine }: Pick<ResolvedOptions, 'mirrors' | 'engine'>,
): Promise<Map<string, Mirror[]>> {
  const found = new Map(
    Object.entries(mirrors).map(([registry, mirror]): [string, Mirror[]] => [
      registryOf(`${registry}/x`),
      [readMirror(mirror)],
    ]),
  );
  const usesDocker = engine === 'auto' || engine === 'docker';
  if (usesDocker && !found.has(HUB) && references.some((reference) => registryOf(reference) === HUB)) {
    found.set(HUB, await dockerMirrors());
  }
  return found;
}
