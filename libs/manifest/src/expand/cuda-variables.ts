import type { CudaVariables } from '../image.ts';
import type { Release, Text } from '../manifest.ts';

/** Root of NVIDIA's package repositories. */
export const CUDA_REPOSITORY_BASE = 'https://developer.download.nvidia.com/compute';

/** The template variable `cuda` for one CUDA version of a release. */
export function cudaVariables(
  version: string,
  components: ReadonlyMap<string, string>,
  release: Release,
  repositoryBase: string,
  requires?: Text,
): CudaVariables {
  const [major = '', minor = '', patch = ''] = version.split('.');
  const cudnn = [...components].find(([name]) => isCudnn(name));
  const prefix = release.cudaPrefix?.text ?? '';
  const base = repositoryBase.replace(/\/+$/, '');
  const cuda = `${base}/cuda/repos/${prefix}`;
  const machineLearning = `${base}/machine-learning/repos/${prefix}`;
  const variables = {
    version: { full: version, major, minor, patch, short: `${major}.${minor}` },
    components: Object.fromEntries([...components].filter(([name]) => !isCudnn(name))),
    cudnn: cudnn ? { version: cudnn[1], major: /^\d+/.exec(cudnn[1])?.[0] ?? '', package: cudnn[0] } : null,
    requires: (requires ?? release.cudaRequires)?.text ?? null,
    prefix,
    repository_url: `${cuda}/x86_64`,
    ml_repository_url: `${machineLearning}/x86_64`,
    repository_base: cuda,
    ml_repository_base: machineLearning,
  };
  const urls = { repository_urls: urlsBelow(cuda), ml_repository_urls: urlsBelow(machineLearning) };
  // Not enumerable, because a template may print or iterate over `cuda`.
  const hidden = Object.entries(urls).map(([name, value]) => [name, { value, enumerable: false }]);
  return Object.defineProperties({ ...urls, ...variables }, Object.fromEntries(hidden));
}

/**
 * NVIDIA's folder for each architecture, by the name that BuildKit has for it in TARGETARCH. `sbsa` is for servers with
 * Arm: https://docs.nvidia.com/cuda/cuda-installation-guide-linux/
 */
export const CUDA_ARCHITECTURES = { amd64: 'x86_64', arm64: 'sbsa' } as const;

function urlsBelow(base: string): Record<string, string> {
  return Object.fromEntries(Object.entries(CUDA_ARCHITECTURES).map(([name, folder]) => [name, `${base}/${folder}`]));
}

/** Whether a component is cuDNN. */
export function isCudnn(component: string): boolean {
  return component.startsWith('cudnn');
}
