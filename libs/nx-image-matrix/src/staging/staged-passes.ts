import { EngineError, referrers } from '@nx-image-matrix/engine';
import { areResults, type TestPass } from '../image-tests/pass.ts';
import { isObject } from '@nx-image-matrix/engine/unknown';
import type { StagedImage } from './staged-image.ts';
import type { Staging } from './staging.ts';

/** The media type of a pass in a registry. */
const TYPE = 'application/vnd.nx-image-matrix.test-pass.v1+json';
/** The annotation with the digest of the rendered test files. */
const TESTS = 'io.github.nx-image-matrix.tests';

/** The part of a pass that is the same on every machine. */
type SharedPass = Pick<TestPass, 'passedAt' | 'results'>;

/**
 * The pass of a staged image and these tests, which an artifact in its repository tells; `undefined` if there is none, or
 * if the repository cannot be asked.
 */
export async function findStagedPass(
  staging: Staging,
  { digest }: StagedImage,
  tests: string,
): Promise<SharedPass | undefined> {
  if (!staging.isReadable) return undefined;
  try {
    const wanted = { type: TYPE, annotations: { [TESTS]: tests } };
    const content = await clientOf(staging).find(staging.repository, digest, wanted);
    return content && readShared(content, digest, tests);
  } catch (error) {
    if (!(error instanceof EngineError) || error.code === 'interrupted') throw error;
    return undefined;
  }
}

/** Puts a pass next to a staged image; a repository that refuses it is no reason for a test to fail. */
export async function putStagedPass(staging: Staging, { digest }: StagedImage, pass: TestPass): Promise<void> {
  if (!staging.isWritable) return;
  const { tests, results, passedAt } = pass;
  const content = Buffer.from(JSON.stringify({ image: digest, tests, results, passedAt }));
  try {
    const subject = await staging.descriptor(digest);
    if (!subject) return;
    await clientOf(staging).add(staging.repository, subject, { type: TYPE, annotations: { [TESTS]: tests }, content });
  } catch (error) {
    if (!(error instanceof EngineError) || error.code === 'interrupted') throw error;
    staging.note(`the passed tests of ${digest} are not kept in ${staging.repository}: ${error.message}`);
  }
}

function clientOf(staging: Staging): ReturnType<typeof referrers> {
  return referrers(staging.clientOptions);
}

/** Never believed for another image or for other tests than it names itself. */
function readShared(content: Buffer, digest: string, tests: string): SharedPass | undefined {
  try {
    const pass: unknown = JSON.parse(content.toString('utf8'));
    if (!isObject(pass) || pass['image'] !== digest || pass['tests'] !== tests) return undefined;
    const { results, passedAt } = pass;
    return areResults(results) && typeof passedAt === 'string' ? { results, passedAt } : undefined;
  } catch {
    return undefined;
  }
}
