import { EPOCH_ARGUMENT } from '@nx-image-matrix/manifest/epoch';
import type { BuildRequest } from '../engine.ts';
import { csvField } from '../process/csv.ts';
import { storageName } from './names.ts';

/** Arguments of `podman` or `buildah` for one build; both take the same. */
export function buildCommand(request: BuildRequest, ignoreFile: string | undefined): string[] {
  return [
    'build',
    // The OCI format has no SHELL and no HEALTHCHECK, so the same Dockerfile would result in another image than with
    // docker.
    '--format=docker',
    '--layers',
    '--force-rm',
    `--pull=${request.pull ? 'always' : 'missing'}`,
    ...(request.noCache ? ['--no-cache'] : []),
    // Of files too, not only of the image.
    ...(request.rewriteTimestamps ? ['--timestamp', request.buildArgs[EPOCH_ARGUMENT] ?? '0'] : []),
    '--file',
    request.dockerfile,
    ...(ignoreFile ? ['--ignorefile', ignoreFile] : []),
    ...request.tags.flatMap((tag) => ['--tag', storageName(tag)]),
    ...pairs('--label', request.labels),
    ...pairs('--build-arg', request.buildArgs),
    ...request.platforms.flatMap((platform) => ['--platform', platform]),
    ...request.secrets.flatMap(({ id, env, src }) => [
      '--secret',
      [`id=${id}`, env && `env=${env}`, src && `src=${src}`]
        .flatMap((field) => (field ? [csvField(field)] : []))
        .join(),
    ]),
    ...(request.ssh ?? []).flatMap((id) => ['--ssh', id]),
    // Despite its name, `docker-image://` looks in the local storage first, and finds images by ID there.
    ...request.pins.flatMap(({ reference, image }) => [
      '--build-context',
      `${reference}=docker-image://${image.id.replace(/^sha256:/, '')}`,
    ]),
    request.context,
  ];
}

function pairs(flag: string, values: Record<string, string>): string[] {
  return Object.entries(values).flatMap(([name, value]) => [flag, `${name}=${value}`]);
}
