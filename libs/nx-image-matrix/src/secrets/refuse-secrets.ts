import { join } from 'node:path';
import { CodedError } from '@nx-image-matrix/diagnostics';
import { findSecret, secretPath, type Secret } from '@nx-image-matrix/engine';
import type { BuildPlan } from '../build-plan/plan.ts';
import { keyFiles } from '../signing/key-files.ts';
import type { ImageFolder } from '../workspace/image-folders.ts';
import { LARGEST_GENERATED, readRegularFile } from '../fs/read-file.ts';
import { findCopiedSecret } from './copied-secret.ts';

/**
 * Checks that no secret gets into an image: no generated file contains one (tags, labels and build arguments are in
 * `image.json`, and values in Dockerfiles and extra files become part of the image), and the Dockerfile does not copy a
 * file that is a build secret of any image, or a key for signatures.
 *
 * @param files from `secretFiles`
 * @throws CodedError `secret-in-image`, with the place and without the value
 */
export async function refuseSecrets(
  workspaceRoot: string,
  plan: BuildPlan,
  secrets: readonly Secret[],
  files: SecretFiles,
): Promise<void> {
  refuseValues(workspaceRoot, plan, secrets);
  await refuseFiles(workspaceRoot, plan, files);
}

/** Absolute paths of files that no image may copy, with what each is. */
export type SecretFiles = ReadonlyMap<string, string>;

/** The files of the build secrets of all images, and of keys for signatures: a secret of one image must not be in any other. */
export function secretFiles(
  workspaceRoot: string,
  folders: Iterable<Pick<ImageFolder, 'contextDir' | 'manifest' | 'secrets'>>,
): SecretFiles {
  const all = [...folders];
  const keys = keyFiles(workspaceRoot, new Set(all.map(({ manifest }) => manifest)));
  const described = [...keys].map(([path, variable]) => [path, `the key that ${variable} names`] as const);
  return new Map([...described, ...buildSecretFiles(workspaceRoot, all)]);
}

function buildSecretFiles(
  workspaceRoot: string,
  folders: Iterable<Pick<ImageFolder, 'contextDir' | 'secrets'>>,
): SecretFiles {
  const files = new Map<string, string>();
  for (const { contextDir, secrets = [] } of folders) {
    for (const { src } of secrets) {
      if (src) files.set(secretPath(src, join(workspaceRoot, contextDir)), `"${src}" of \`secrets\``);
    }
  }
  return files;
}

function refuseValues(workspaceRoot: string, { folder }: BuildPlan, secrets: readonly Secret[]): void {
  if (secrets.length === 0) return;
  for (const name of folder.files) {
    const path = join(workspaceRoot, folder.root, name);
    const content = readRegularFile(path, LARGEST_GENERATED, { within: workspaceRoot });
    const found = findSecret(content.toString('utf8'), secrets);
    if (found) {
      throw new CodedError('secret-in-image', `this line holds the value of ${found.from}`, {
        place: `${folder.root}/${name}:${found.line}:${found.column}`,
        hint:
          'everybody who has the image can read it: use `secrets` and RUN --mount=type=secret, and change the secret, ' +
          'which may have been seen already',
      });
    }
  }
}

async function refuseFiles(
  workspaceRoot: string,
  { folder, document, context }: BuildPlan,
  files: SecretFiles,
): Promise<void> {
  const own = buildSecretFiles(workspaceRoot, [{ contextDir: folder.contextDir, secrets: document.secrets }]);
  const copied = await findCopiedSecret(join(workspaceRoot, folder.contextDir), context, new Map([...files, ...own]));
  if (!copied) return;
  throw new CodedError('secret-in-image', `it copies ${copied.path}, which is a secret: ${copied.what}`, {
    place: `${folder.root}/Dockerfile:1:1`,
    hint:
      'mount a build secret with RUN --mount=type=secret instead; to copy the rest of its folder, keep it out with the ' +
      '.dockerignore of the context',
  });
}
