/** Aliases of architectures, as containerd normalizes them (github.com/containerd/platforms, `database.go`). */
const architectures = new Map<string, [architecture: string, variant?: string]>([
  ['i386', ['386']],
  ['i686', ['386']],
  ['x86_64', ['amd64']],
  ['x86-64', ['amd64']],
  ['x64', ['amd64']],
  ['aarch64', ['arm64']],
  ['armhf', ['arm', 'v7']],
  ['armv7l', ['arm', 'v7']],
  ['armel', ['arm', 'v6']],
  ['armv6l', ['arm', 'v6']],
  ['ia32', ['386']],
]);

/** The default variant of an architecture, which is omitted except for arm. */
const usualVariants = new Map([
  ['amd64', 'v1'],
  ['arm64', 'v8'],
  ['arm', 'v7'],
]);

/**
 * Normalizes a platform: `linux/amd64` for `linux/x86_64`, `LINUX/amd64/v1` and `amd64`.
 * @param own the engine's platform, which fills in missing parts.
 */
export function normalizePlatform(platform: string, own = 'linux/amd64'): string {
  const parts = platform.trim().toLowerCase().split('/');
  const [ownSystem = '', ...ownRest] = own.split('/');
  if (parts.length === 1 && (parts[0] === 'local' || parts[0] === '')) return own;
  if (parts.length === 1 && isSystem(parts[0])) return [parts[0], ...ownRest].join('/');
  const [system = '', name = '', given] = parts.length === 1 ? [ownSystem, ...parts] : parts;
  const [architecture, implied] = architectures.get(name) ?? [name];
  const variant = (given ?? implied ?? '').replace(/^(?=\d)/, 'v') || usualVariants.get(architecture);
  const isUsual = architecture !== 'arm' && variant === usualVariants.get(architecture);
  return [system, architecture, ...(variant && !isUsual ? [variant] : [])].join('/');
}

/** Normalized platforms without duplicates, sorted by name. */
export function normalizePlatforms(platforms: readonly string[], own?: string): string[] {
  const all = platforms.flatMap((platform) => platform.split(',')).map((platform) => normalizePlatform(platform, own));
  return [...new Set(all)].toSorted();
}

/** The platform of this process, for engines that do not report theirs. */
export function ownPlatform(): string {
  return normalizePlatform(`linux/${process.arch}`);
}

function isSystem(name: string | undefined): boolean {
  return name === 'linux' || name === 'windows' || name === 'darwin' || name === 'freebsd';
}

/**
 * The probable platform of a build that names none, if no engine reports it: `DOCKER_DEFAULT_PLATFORM`, else that of
 * this machine.
 */
export function likelyPlatforms(environment: NodeJS.ProcessEnv): string[] {
  return normalizePlatforms([environment['DOCKER_DEFAULT_PLATFORM'] ?? ''], ownPlatform());
}
