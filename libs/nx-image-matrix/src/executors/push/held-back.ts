import type { BuildPlan } from '../../build-plan/plan.ts';
import { findPass, type Candidate } from '../../image-tests/passes.ts';
import type { TestsOfImages } from '../../image-tests/tests-of-images.ts';
import type { OptionsOf } from '../../options/manifest-options.ts';

/** What decides whether tests hold back a push. */
export interface TestGate {
  root: string;
  tests: TestsOfImages;
  optionsOf: OptionsOf;
}

/** Why the tests of an image hold back its push; `undefined` if it has passed them, or has none. */
export async function heldBack(
  { root, tests, optionsOf }: TestGate,
  plan: BuildPlan,
  image: Candidate,
): Promise<string | undefined> {
  const { folder, document } = plan;
  if (!document.tests?.length || !optionsOf(folder.manifest).testBeforePush) return undefined;
  const { digest } = tests.read(folder.project);
  if (await findPass(root, plan, digest, image)) return undefined;
  return (
    `${document.reference} is not pushed: it has not passed its tests. Run the docker-test target of ${folder.project} ` +
    'first, or set the plugin option `testBeforePush` to false.'
  );
}
