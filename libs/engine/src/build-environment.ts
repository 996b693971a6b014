import { EPOCH_ARGUMENT } from '@nx-image-matrix/manifest/epoch';
import type { BuildRequest } from './engine.ts';

/**
 * The environment of the program that builds. It has the `SOURCE_DATE_EPOCH` of the build arguments alone: buildx makes a
 * build argument of one that the machine happens to have, and newer podman an option, so the image would differ between
 * machines (https://docs.docker.com/build/ci/github-actions/reproducible-builds/).
 */
export function buildEnvironment(
  { environment, buildArgs }: Pick<BuildRequest, 'environment' | 'buildArgs'>,
  own: NodeJS.ProcessEnv,
): NodeJS.ProcessEnv {
  const { [EPOCH_ARGUMENT]: _foreign, ...others } = environment ?? own;
  const epoch = Object.hasOwn(buildArgs, EPOCH_ARGUMENT) ? buildArgs[EPOCH_ARGUMENT] : undefined;
  return { ...others, ...(epoch !== undefined && { [EPOCH_ARGUMENT]: epoch }) };
}
