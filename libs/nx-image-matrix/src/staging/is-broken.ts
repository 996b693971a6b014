import { EngineError } from '@nx-image-matrix/engine';

/** Words of engines and BuildKit for content that a registry does not have, or has damaged. */
const broken =
  /not found|unknown blob|blob unknown|manifest unknown|(?:did not|don't) match|mismatch|size validation|unexpected EOF|invalid/i;
/** Words for what has nothing to do with the content. */
const elsewhere = /no such host|lookup \S+/i;

/** Whether an error of an engine says that an image in a registry is of no use to any machine. */
export function isBroken(error: unknown): boolean {
  if (!(error instanceof EngineError) || error.code === 'unauthorized') return false;
  const words = `${error.message}\n${error.output ?? ''}`;
  return broken.test(words) && !elsewhere.test(words);
}
