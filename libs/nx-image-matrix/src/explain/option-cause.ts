import type { ResolvedOptions } from '../options/resolve-options.ts';
import { readSource } from './source-tree.ts';
import type { Workspace } from '../workspace/workspace.ts';
import { join } from 'node:path';
import type { Cause } from './cause.ts';
import type { Edit, OptionName } from './edits.ts';

/** The plugin option that has changed, and its line in `nx.json`. */
export function optionCause({ option, path }: Edit, before: Workspace, after: Workspace): Cause {
  if (!option) return { kind: 'option', file: path };
  const { name, manifest } = option;
  const [from, to] = [valueOf(before.optionsOf(manifest), name), valueOf(after.optionsOf(manifest), name)];
  const line = lineOf(after.root, path, name);
  return {
    kind: 'option',
    name,
    ...(from !== undefined && { from }),
    ...(to !== undefined && { to }),
    file: path,
    ...(line !== undefined && { line }),
  };
}

function valueOf(options: ResolvedOptions, name: OptionName): string | undefined {
  const value = options[name];
  return value === undefined || typeof value === 'string' ? value : JSON.stringify(value);
}

function lineOf(root: string, path: string, name: string): number | undefined {
  const text = readSource(join(root, path))?.content.toString('utf8') ?? '';
  const index = text.split('\n').findIndex((line) => line.includes(`"${name}"`));
  return index < 0 ? undefined : index + 1;
}
