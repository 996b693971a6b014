import { EngineError } from '../errors.ts';
import { normalizePlatform, ownPlatform } from '../platform.ts';
import { run } from '../process/run.ts';

/** The two engines of one family; they share storage, names and most options. */
export type Tool = 'podman' | 'buildah';

export interface ToolFacts {
  version: string;
  /** What a build that names no platform is for: neither of the two reads `DOCKER_DEFAULT_PLATFORM`. */
  platforms: string[];
}

/**
 * Asks podman or buildah whether it works here (storage, user namespaces), and for its version.
 *
 * @throws EngineError `no-engine`
 */
export async function probeTool(tool: Tool, environment: NodeJS.ProcessEnv): Promise<ToolFacts> {
  const options = { environment, timeout: 30_000 };
  const info = await run(tool, ['info'], options);
  if (info.exitCode !== 0) {
    throw new EngineError('no-engine', `\`${tool}\` does not work here`, {
      hint: `see what \`${tool} info\` says`,
      output: info.stderr.trim(),
    });
  }
  const { stdout } = await run(tool, ['--version'], options);
  return { version: /\d+\.\d+\S*/.exec(stdout)?.[0] ?? 'unknown', platforms: [platformOf(info.stdout)] };
}

/** podman tells its machine's, which may be a virtual one; buildah tells none and builds on this one. */
function platformOf(info: string): string {
  const [, architecture] = /^ +arch: (\S+)$/m.exec(info) ?? [];
  return architecture === undefined ? ownPlatform() : normalizePlatform(`linux/${architecture}`);
}
