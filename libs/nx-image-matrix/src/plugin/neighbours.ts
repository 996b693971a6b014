import type { NxJsonConfiguration } from '@nx/devkit';
import type { Diagnostic } from '@nx-image-matrix/diagnostics';
import { globMatches } from '../workspace/glob.ts';

/** Plugins that treat every folder with a Dockerfile as a project: they run `docker build .` in that folder. */
const dockerfilePlugins: ReadonlySet<string> = new Set(['@nx/docker']);

type PluginEntry = NonNullable<NxJsonConfiguration['plugins']>[number];

/** Whether an entry of `nx.json` is of a plugin that infers targets from Dockerfiles. */
export function infersFromDockerfiles(entry: PluginEntry): boolean {
  return dockerfilePlugins.has(typeof entry === 'string' ? entry : entry.plugin);
}

/** Whether the `include` and `exclude` of an entry exclude a file. */
export function leavesAlone(entry: PluginEntry, file: string): boolean {
  if (typeof entry === 'string') return false;
  const { include, exclude } = entry;
  return (
    (include !== undefined && !include.some((pattern) => globMatches(pattern, file))) ||
    (exclude ?? []).some((pattern) => globMatches(pattern, file))
  );
}

/**
 * A warning for each entry of another plugin that infers targets for the images of these output folders. Such targets
 * fail: the paths in the Dockerfiles are relative to the build context, not to the image's folder.
 */
export function alsoInferred(plugins: NxJsonConfiguration['plugins'], outputFolders: readonly string[]): Diagnostic[] {
  return (plugins ?? []).filter(infersFromDockerfiles).flatMap((entry) => {
    const open = outputFolders.filter((folder) => !leavesAlone(entry, `${folder}/package/distro/type/Dockerfile`));
    return open.length > 0 ? [warning(typeof entry === 'string' ? entry : entry.plugin, open)] : [];
  });
}

function warning(plugin: string, folders: readonly string[]): Diagnostic {
  const patterns = folders.map((folder) => JSON.stringify(`${folder}/**`)).join(', ');
  return {
    code: 'also-inferred',
    severity: 'warning',
    file: 'nx.json',
    line: 1,
    column: 1,
    message: `${plugin} makes targets of its own for the generated Dockerfiles, and they fail`,
    hint: `add \`"exclude": [${patterns}]\` to its entry in nx.json; \`nx g nx-image-matrix:init\` does`,
  };
}
