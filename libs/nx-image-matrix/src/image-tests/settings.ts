import { join, posix } from 'node:path';
import { looksLikeCredential } from '@nx-image-matrix/diagnostics';
import { hide, variableOf } from '@nx-image-matrix/engine';
import type { RunSettings } from '@nx-image-matrix/container-test';
import { messageOf } from '@nx-image-matrix/engine/unknown';
import { isThere, liesWithin } from '../fs/links.ts';
import { LARGEST_SOURCE, readRegularFile } from '../fs/read-file.ts';

/** What the settings of a file may be. */
export interface SettingsContext {
  root: string;
  /** Folder of the manifest, relative to the workspace. */
  contextDir: string;
  /** Whether containers may be privileged and mount anything. */
  privileges: boolean;
  /** Names of variables with logins, which no test gets. */
  logins: ReadonlySet<string>;
}

export interface ResolvedSettings {
  /** With absolute sources. */
  bindMounts: string[];
  /** `KEY=value` of the environment file. */
  variables: string[];
}

/** The settings of the containers of a file, or what is wrong with them. */
export function resolveSettings(
  settings: RunSettings,
  context: SettingsContext,
): ResolvedSettings | { problems: string[] } {
  const problems: string[] = [];
  const { root, contextDir, privileges, logins } = context;
  const refused = 'set the plugin option `testPrivileges` to allow it';
  if (settings.privileged && !privileges) problems.push(`a privileged container is not allowed here; ${refused}`);
  for (const name of settings.passed) {
    const value = variableOf(process.env, name);
    // A failure shows what a command has written.
    if (value && looksLikeCredential(name)) hide(value);
    if (logins.has(name)) problems.push(`${name} is not passed on: the manifest has it for a login`);
  }
  const bindMounts = settings.bindMounts.map((mount) => {
    const [source = '', ...rest] = mount.split(':');
    const path = posix.isAbsolute(source) ? source : join(root, contextDir, source);
    if (!isThere(path)) problems.push(`there is no ${source}, which \`bindMounts\` names`);
    else if (!privileges && !liesWithin(root, path)) {
      problems.push(`${source} is outside the workspace, and not mounted; ${refused}`);
    }
    return [path, ...rest].join(':');
  });
  const variables = settings.envFile === undefined ? [] : readVariables(settings.envFile, context, problems);
  return problems.length > 0 ? { problems } : { bindMounts, variables };
}

function readVariables(file: string, { root, contextDir }: SettingsContext, problems: string[]): string[] {
  try {
    const path = join(root, contextDir, file);
    const text = readRegularFile(path, LARGEST_SOURCE, { within: root }).toString('utf8');
    return text.split(/\r?\n/).flatMap((line) => readVariable(line) ?? []);
  } catch (error) {
    problems.push(`the environment file ${file} cannot be read: ${messageOf(error)}`);
    return [];
  }
}

/** A line `KEY=value`, `export KEY="value"` or `KEY: value`; nothing for other lines and for empty values. */
function readVariable(line: string): string | undefined {
  const [, key, quote, quoted, bare = ''] =
    /^\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_.]*)\s*[=:]\s*(?:(["'])(.*?)\2\s*(?:#.*)?|([^#]*?)\s*(?:\s#.*)?)$/.exec(
      line,
    ) ?? [];
  const value = quote ? quoted : bare;
  return key && value ? `${key}=${value}` : undefined;
}
