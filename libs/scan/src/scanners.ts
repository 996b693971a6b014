import type { ScannerName } from '@nx-image-matrix/manifest';

/** Where a scanner finds an image. */
export type ScanSource =
  /** In the image store of docker. */
  | { in: 'docker'; reference: string }
  /** An archive as `docker save` writes it. */
  | { in: 'archive'; path: string }
  /** In a registry, by digest. */
  | { in: 'registry'; reference: string; plainHttp: boolean };

/** A program that scans images. It is asked for SARIF, on standard output. */
export interface Scanner {
  readonly name: ScannerName;
  /** As people call it. */
  readonly product: string;
  /** The command and its first arguments. */
  readonly command: readonly [program: string, ...args: string[]];
  /** Arguments that only ask for its version. */
  readonly version: readonly string[];
  /** Arguments of a scan. */
  scan(source: ScanSource): string[];
  /** Variables of a scan. */
  environment(source: ScanSource): NodeJS.ProcessEnv;
  /** Whether several may run at once. */
  readonly parallel: boolean;
  /** Where to get it. */
  readonly from: string;
}

/** The scanners, in the order that `auto` tries them. The only list of scanners. */
export const scanners: readonly Scanner[] = [
  {
    name: 'trivy',
    product: 'Trivy',
    command: ['trivy'],
    version: ['--version'],
    // https://trivy.dev/latest/docs/references/configuration/cli/trivy_image/
    scan: (source) => [
      'image',
      '--quiet',
      '--format',
      'sarif',
      '--scanners',
      'vuln',
      '--timeout',
      '60m',
      ...trivySource(source),
    ],
    environment: (source) => (isPlain(source) ? { TRIVY_NON_SSL: 'true' } : {}),
    // Its cache is for one process at a time: https://trivy.dev/latest/docs/configuration/cache/
    parallel: false,
    from: 'https://trivy.dev',
  },
  {
    name: 'grype',
    product: 'Grype',
    command: ['grype'],
    version: ['version'],
    // https://github.com/anchore/grype#supported-sources
    scan: (source) => ['--quiet', '--output', 'sarif', grypeSource(source)],
    environment: (source) => (isPlain(source) ? { GRYPE_REGISTRY_INSECURE_USE_HTTP: 'true' } : {}),
    parallel: true,
    from: 'https://github.com/anchore/grype',
  },
  {
    name: 'scout',
    product: 'Docker Scout',
    command: ['docker', 'scout'],
    version: ['version'],
    // https://docs.docker.com/reference/cli/docker/scout/cves/
    scan: (source) => ['cves', '--format', 'sarif', scoutSource(source)],
    environment: () => ({}),
    parallel: true,
    from: 'https://docs.docker.com/scout/install/',
  },
];

function isPlain(source: ScanSource): boolean {
  return source.in === 'registry' && source.plainHttp;
}

function trivySource(source: ScanSource): string[] {
  if (source.in === 'archive') return ['--input', source.path];
  return ['--image-src', source.in === 'docker' ? 'docker' : 'remote', source.reference];
}

function grypeSource(source: ScanSource): string {
  if (source.in === 'archive') return `docker-archive:${source.path}`;
  return `${source.in}:${source.reference}`;
}

function scoutSource(source: ScanSource): string {
  if (source.in === 'archive') return `archive://${source.path}`;
  return `${source.in === 'docker' ? 'local' : 'registry'}://${source.reference}`;
}
