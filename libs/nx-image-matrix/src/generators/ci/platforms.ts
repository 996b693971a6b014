import { normalizePlatforms } from '@nx-image-matrix/engine';

/** The platform of the job that pushes, and so of images whose manifests name no platform. */
export const defaultPlatform = 'linux/amd64';

/** A job's platform, and the machine that builds for it. */
export interface PlatformJob {
  platform: string;
  /** The label of a runner on GitHub, the tag of one on GitLab. */
  runner: string;
}

export type Service = 'github' | 'gitlab';

/**
 * Runners of the services themselves, by processor. GitHub: "Standard GitHub-hosted runners"; GitLab: "Hosted runners on
 * Linux".
 */
const hosted: Record<Service, Record<string, string>> = {
  github: { amd64: 'ubuntu-24.04', arm64: 'ubuntu-24.04-arm' },
  gitlab: { amd64: 'saas-linux-small-amd64', arm64: 'saas-linux-small-arm64' },
};

/** Processors that others run as well. */
const runBy: Record<string, string> = { '386': 'amd64' };

/** The platforms of images, each once and sorted. Empty if the default job builds everything. */
export function platformsOf(images: readonly { platforms: readonly string[] }[]): string[] {
  const all = normalizePlatforms(images.map(({ platforms }) => platforms.join() || defaultPlatform));
  return all.every((platform) => platform === defaultPlatform) ? [] : all;
}

/** A job for each platform, on a runner of its processor; where the service has none, another one emulates it. */
export function platformJobs(
  platforms: readonly string[],
  service: Service,
  runners: Readonly<Record<string, string>>,
): PlatformJob[] {
  return platforms.map((platform) => {
    const own = runners[platform];
    const runner = own ?? hosted[service][processorOf(platform)] ?? hosted[service]['amd64'] ?? '';
    return { platform, runner };
  });
}

/** Whether a runner has to emulate one of the platforms. */
export function needsEmulation(platforms: readonly string[], runners: Readonly<Record<string, string>>): boolean {
  return platforms.some(
    (platform) => runners[platform] === undefined && hosted.github[processorOf(platform)] === undefined,
  );
}

function processorOf(platform: string): string {
  const [, processor = ''] = platform.split('/');
  return runBy[processor] ?? processor;
}
