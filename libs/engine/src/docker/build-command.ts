import type { BuildRequest } from '../engine.ts';
import { EngineError } from '../errors.ts';
import { csvField } from '../process/csv.ts';
import { attestationFlags } from './attestations.ts';
import type { DockerFacts } from './probe.ts';

export interface BuildCommandFacts extends Pick<DockerFacts, 'builder' | 'containerdStore' | 'driver'> {
  /** Whether buildx supports `--provenance`. */
  provenance: boolean;
}

export interface DockerBuildRequest extends BuildRequest {
  /** Path of the archive to write, instead of an image in the engine. */
  archive?: string;
  /** The file that gets the digest of an image that goes to a repository. */
  metadataFile?: string;
}

/**
 * Arguments of `docker` for one build.
 *
 * @throws EngineError `unsupported` for several platforms on an image store that holds only one, `no-attestations` for
 * attestations on one that holds none
 */
export function buildCommand(request: DockerBuildRequest, facts: BuildCommandFacts): string[] {
  if (request.platforms.length > 1 && !facts.containerdStore && !request.target) throw severalPlatforms(request);
  const environment = request.environment ?? process.env;
  return [
    'buildx',
    'build',
    // A default builder in a container would not see the parent images, which are only in this daemon.
    ...(environment['BUILDX_BUILDER'] ? [] : ['--builder', facts.builder]),
    '--progress=plain',
    ...output(request, facts),
    ...attestationFlags(request, facts),
    ...(request.pull ? ['--pull'] : []),
    ...(request.noCache ? ['--no-cache'] : []),
    '--file',
    request.dockerfile,
    ...(request.archive === undefined && !request.target ? request.tags : []).flatMap((tag) => ['--tag', tag]),
    ...pairs('--label', request.labels),
    ...pairs('--build-arg', request.buildArgs),
    ...(request.platforms.length > 0 ? ['--platform', request.platforms.join(',')] : []),
    ...request.secrets.flatMap(({ id, env, src }) => [
      '--secret',
      [`id=${id}`, env && `env=${env}`, src && `src=${src}`]
        .flatMap((field) => (field ? [csvField(field)] : []))
        .join(),
    ]),
    ...(request.ssh ?? []).flatMap((id) => ['--ssh', id]),
    ...(request.remoteParents ?? []).flatMap(({ reference, source }) => [
      '--build-context',
      `${reference}=docker-image://${source}`,
    ]),
    ...cacheFlags(request, facts.containerdStore || Boolean(environment['BUILDX_BUILDER'])),
    request.context,
  ];
}

/** Whether the builder can give all files of an image one time; docker's own refuses, as it also unpacks the image. */
export function rewritesTimestamps({ driver }: Pick<DockerFacts, 'driver'>): boolean {
  return driver !== 'docker';
}

function output(request: DockerBuildRequest, facts: BuildCommandFacts): string[] {
  const { rewriteTimestamps, archive, target, metadataFile } = request;
  if (archive !== undefined) return ['--output', archiveOutput(request, archive, facts)];
  if (target && metadataFile !== undefined) {
    const fields = [
      'type=image',
      `name=${target.repository}`,
      // It gets its tag once it is known that no other machine was faster.
      'push-by-digest=true,name-canonical=true,push=true',
      // A builder with an image store would keep an image that nobody uses there.
      'store=false',
      ...(target.plainHttp ? ['registry.insecure=true'] : []),
      ...(rewriteTimestamps ? ['rewrite-timestamp=true'] : []),
    ];
    return ['--output', fields.join(), '--metadata-file', metadataFile];
  }
  return rewriteTimestamps && rewritesTimestamps(facts)
    ? ['--output', 'type=docker,rewrite-timestamp=true']
    : ['--load'];
}

/** An archive of the very image that the same build without an archive gives: the media types are part of its digest. */
function archiveOutput(
  { rewriteTimestamps }: BuildRequest,
  archive: string,
  { driver, containerdStore }: BuildCommandFacts,
): string {
  const isDaemon = driver === 'docker';
  return [
    // Without containerd's image store, docker's own builder writes no OCI layout.
    `type=${isDaemon && !containerdStore ? 'docker' : 'oci'}`,
    ...(isDaemon && containerdStore ? ['oci-mediatypes=false'] : []),
    ...(rewriteTimestamps && !isDaemon ? ['rewrite-timestamp=true'] : []),
    csvField(`dest=${archive}`),
  ].join(',');
}

/**
 * Without containerd's image store, docker's own builder cannot export a cache to a registry
 * (https://docs.docker.com/build/cache/backends/). The image itself carries the cache, and is read from where it is
 * pushed.
 */
function cacheFlags({ cache }: BuildRequest, exportsToRegistry: boolean): string[] {
  if (!cache) return [];
  const from = exportsToRegistry ? cache.from : [...cache.from, ...cache.pushed];
  const to = exportsToRegistry ? `type=registry,ref=${cache.to},mode=max,ignore-error=true` : 'type=inline';
  return [
    ...(cache.from.length > 0 ? from.flatMap((ref) => ['--cache-from', `type=registry,ref=${ref}`]) : []),
    ...(cache.to ? ['--cache-to', to] : []),
  ];
}

function pairs(flag: string, values: Record<string, string>): string[] {
  return Object.entries(values).flatMap(([name, value]) => [flag, `${name}=${value}`]);
}

function severalPlatforms({ tags, platforms }: BuildRequest): EngineError {
  return new EngineError(
    'unsupported',
    `${tags[0]} is for ${platforms.join(' and ')}, and docker keeps only one here`,
    {
      hint:
        'Switch docker to the containerd image store (`"features": {"containerd-snapshotter": true}` in daemon.json), ' +
        'or name one platform in the manifest.',
    },
  );
}
