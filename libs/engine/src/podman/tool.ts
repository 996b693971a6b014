import { EngineError } from '../errors.ts';
import { run } from '../process/run.ts';

/** The two engines of one family; they share storage, names and most options. */
export type Tool = 'podman' | 'buildah';

/**
 * Asks podman or buildah whether it works here (storage, user namespaces), and for its version.
 *
 * @throws EngineError `no-engine`
 */
export async function probeTool(tool: Tool, environment: NodeJS.ProcessEnv): Promise<{ version: string }> {
  const options = { environment, timeout: 30_000 };
  const info = await run(tool, ['info'], options);
  if (info.exitCode !== 0) {
    throw new EngineError('no-engine', `\`${tool}\` does not work here`, {
      hint: `See what \`${tool} info\` says.`,
      output: info.stderr.trim(),
    });
  }
  const { stdout } = await run(tool, ['--version'], options);
  return { version: /\d+\.\d+\S*/.exec(stdout)?.[0] ?? 'unknown' };
}
