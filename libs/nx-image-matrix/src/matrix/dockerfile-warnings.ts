import type { ContextSource, DockerfileFacts } from '@nx-image-matrix/dockerfile';
import type { Diagnostic } from '@nx-image-matrix/diagnostics';
import { CUDA_ARCHITECTURES, type Image } from '@nx-image-matrix/manifest';

/** The warnings about an image's rendered Dockerfile. */
export function dockerfileWarnings(image: Image, facts: DockerfileFacts, text: string, file: string): Diagnostic[] {
  const { sources, mounts, entitlements } = facts;
  return [
    ...sources.flatMap((source) => (source.path === '' ? copiesEverything(source, file) : [])),
    ...(sources.some(({ unknown }) => unknown) ? unknownVariables(sources, file) : []),
    ...(mounts.length > 0 ? undeclaredMounts(image, mounts, file) : []),
    ...entitlements.map((entitlement) => unsupportedRun(entitlement, file)),
    ...(image.variables.cuda ? cudaArchitecture(image, text, file) : []),
  ];
}

function copiesEverything({ line, column, instruction }: ContextSource, file: string): Diagnostic {
  return {
    code: 'copies-everything',
    severity: 'warning',
    file,
    line,
    column,
    message: `${instruction} takes in the whole build context, so every change of any file makes this image out of date.`,
    hint: 'name the files and folders that the image needs',
  };
}

/** One for each instruction and its variables; a source may be spelled in two ways. */
function unknownVariables(sources: DockerfileFacts['sources'], file: string): Diagnostic[] {
  const found = new Map<string, Diagnostic>();
  for (const { line, column, path, unknown } of sources) {
    if (!unknown) continue;
    const names = unknown.join(', ');
    found.set(`${line} ${names}`, {
      code: 'unknown-variable',
      severity: 'warning',
      file,
      line,
      column,
      message: `This Dockerfile does not set ${names}, but the image that it starts from may, so whatever matches "${path || '**'}" counts as copied.`,
      hint: `set it here (ARG ${unknown[0]}=... or ENV ${unknown[0]}=...), or write the path out`,
    });
  }
  return [...found.values()];
}

/** BuildKit mounts nothing if a secret is missing, unless it is `required`. */
function undeclaredMounts({ secrets, ssh }: Image, mounts: DockerfileFacts['mounts'], file: string): Diagnostic[] {
  const declared = new Set([...secrets.map(({ id }) => `secret ${id}`), ...ssh.map((id) => `ssh ${id}`)]);
  return mounts
    .filter(({ type, id }) => !declared.has(`${type} ${id}`))
    .map(({ type, id, required, line, column }) => ({
      code: 'undeclared-secret',
      severity: required ? 'error' : 'warning',
      file,
      line,
      column,
      message:
        `RUN mounts the ${type === 'ssh' ? 'SSH agent' : 'secret'} "${id}", which the manifest does not give to this image, ` +
        (required ? 'so its build fails.' : 'so the command runs without it.'),
      hint: type === 'ssh' ? `Add it: ssh: [${id}]` : `Add it: secrets: [{ id: ${id}, env: NAME_OF_A_VARIABLE }]`,
    }));
}

function unsupportedRun(
  { name, flag, line, column }: DockerfileFacts['entitlements'][number],
  file: string,
): Diagnostic {
  return {
    code: 'unsupported-run',
    severity: 'warning',
    file,
    line,
    column,
    message: `RUN ${flag} needs the entitlement ${name}, which docker-build does not ask BuildKit for.`,
    hint: 'leave the flag out: a template that anybody may change must not decide what a build may do on its host',
  };
}

function cudaArchitecture(image: Image, text: string, file: string): Diagnostic[] {
  const foreign = image.platforms.filter((platform) => !hasRepository(text, platform));
  const at = text.indexOf('/x86_64');
  if (foreign.length === 0 || at === -1) return [];
  return [
    {
      code: 'cuda-architecture',
      severity: 'warning',
      file,
      line: text.slice(0, at).split('\n').length,
      column: 1,
      message: `The CUDA repository for x86_64 is used, but the image is also built for ${foreign.join(', ')}.`,
      hint: 'use {{ cuda.repository_urls }} with TARGETARCH in the template',
    },
  ];
}

/** Whether a Dockerfile names NVIDIA's folder for the architecture of a platform. */
function hasRepository(text: string, platform: string): boolean {
  const [, architecture = ''] = platform.split('/');
  const folders: Partial<Record<string, string>> = CUDA_ARCHITECTURES;
  const folder = folders[architecture];
  return architecture === 'amd64' || (folder !== undefined && text.includes(`/${folder}`));
}
