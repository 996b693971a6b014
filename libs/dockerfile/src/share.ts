import { isDeepStrictEqual } from 'node:util';
import type { DockerfileFacts } from './facts.ts';

/**
 * The same facts, reusing equal objects of others: a long Dockerfile has thousands of facts, and a thousand images of
 * one template share nearly all of them.
 */
export function shareFacts(facts: DockerfileFacts, others: DockerfileFacts): DockerfileFacts {
  return {
    ...facts,
    stages: shareList(facts.stages, others.stages),
    references: shareList(facts.references, others.references),
    sources: shareList(facts.sources, others.sources),
    mounts: shareList(facts.mounts, others.mounts),
    entitlements: shareList(facts.entitlements, others.entitlements),
    args: shareList(facts.args, others.args),
  };
}

/** The other list if both are equal, else a list that reuses its equal entries. */
function shareList<T extends object | string>(list: T[], other: T[]): T[] {
  const shared = list.map((entry, index) => {
    const known = other[index];
    return known !== undefined && isDeepStrictEqual(entry, known) ? known : entry;
  });
  return shared.length === other.length && shared.every((entry, index) => entry === other[index]) ? other : shared;
}
