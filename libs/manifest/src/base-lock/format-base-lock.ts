const HEAD = '# images.lock: digests of external base images. Written by docker-refresh; do not edit.\n';

/** The text of an `images.lock`, given digests by reference: sorted, so that a change of one base is a change of one line. */
export function formatBaseLock(digests: ReadonlyMap<string, string>): string {
  const lines = [...digests].map(([reference, digest]) => `${lineOfBase(reference, digest)}\n`);
  return HEAD + lines.sort().join('');
}

/** A line without its end. */
export function lineOfBase(reference: string, digest: string): string {
  return `${keyOf(reference)}: ${digest}`;
}

/** An IPv6 address begins as a list of YAML does. */
function keyOf(reference: string): string {
  return reference.startsWith('[') ? JSON.stringify(reference) : reference;
}
