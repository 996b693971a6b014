import { EngineError } from '../errors.ts';
import { normalizePlatform, ownPlatform } from '../platform.ts';
import { run } from '../process/run.ts';

/** The two engines of this family; they share storage, names and most options. */
export type Tool = 'podman' | 'buildah';

export interface ToolFacts {
  version: string;
  /** The platform of a build that names none: neither of the two reads `DOCKER_DEFAULT_PLATFORM`. */
  platforms: string[];
}

/**
 * Checks whether podman or buildah works here (storage, user namespaces), and reads its version.
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

/** podman reports that of its machine, which may be virtual; buildah reports none and builds on this machine. */
function platformOf(info: string): string {
  const [, architecture] = /^ +arch: (\S+)$/m.exec(info) ?? [];
  return architecture === undefined ? ownPlatform() : normalizePlatform(`linux/${architecture}`);
}
