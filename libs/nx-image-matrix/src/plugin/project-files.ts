import { lstatSync } from 'node:fs';
import { posix } from 'node:path';
import { isObject } from '@nx-image-matrix/engine/unknown';
import type { ProjectConfiguration } from '@nx/devkit';
import type { Diagnostic } from '@nx-image-matrix/diagnostics';
import { createFolderFinder } from '../matrix/on-disk.ts';
import { LARGEST_SOURCE, readRegularFile } from '../fs/read-file.ts';
import { renamingOption, type TargetNames } from '../options/targets.ts';
import { isForTarget, ownTargets, placeOf, type OwnTarget } from './own-targets.ts';

/** The files that Nx merges over every plugin's result, for the project of their folder. */
const FILES = ['project.json', 'package.json'] as const;

type Json = Record<string, unknown>;

interface ProjectFile {
  file: string;
  text: string;
  targets: Json;
  namedInputs: Json;
  scripts: Json;
}

/**
 * Reports settings of a `project.json` or `package.json` in the folder of a project of this plugin that override its
 * targets and named inputs: Nx silently merges both over what plugins infer. `spreads` says whether this Nx supports
 * `...`, and `kindOf` returns which folders exist.
 */
export async function projectFileProblems(
  workspaceRoot: string,
  projects: Iterable<ProjectConfiguration>,
  targets: TargetNames,
  spreads: () => boolean,
  kindOf = createFolderFinder(workspaceRoot),
): Promise<Diagnostic[]> {
  const problems: Diagnostic[] = [];
  for (const project of projects) {
    if (kindOf(project.root) === 'nothing') continue;
    for (const name of FILES) {
      if (!isThere(`${workspaceRoot}/${project.root}/${name}`)) continue;
      const found = await readProjectFile(workspaceRoot, posix.join(project.root, name));
      if (found) problems.push(...problemsOf(found, project, ownTargets(targets, spreads), spreads));
    }
  }
  return problems;
}

function isThere(path: string): boolean {
  try {
    return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
  } catch {
    return false;
  }
}

/** `undefined` if it is not for Nx, or cannot be read, which Nx reports itself. */
async function readProjectFile(workspaceRoot: string, file: string): Promise<ProjectFile | undefined> {
  // Loaded only if there is such a file, since few images have one.
  const { readJsonc } = await import('../generators/jsonc.ts');
  try {
    const text = readRegularFile(`${workspaceRoot}/${file}`, LARGEST_SOURCE, { within: workspaceRoot }).toString(
      'utf8',
    );
    const json = readJsonc(text, file);
    const isPackage = posix.basename(file) === 'package.json';
    const { targets, namedInputs, includedScripts } = isPackage ? object(json['nx']) : json;
    const scripts = Object.entries(isPackage ? object(json['scripts']) : {});
    const included = scripts.filter(([name]) => !Array.isArray(includedScripts) || includedScripts.includes(name));
    return {
      file,
      text,
      targets: object(targets),
      namedInputs: object(namedInputs),
      scripts: Object.fromEntries(included),
    };
  } catch {
    return undefined;
  }
}

function problemsOf(
  found: ProjectFile,
  project: ProjectConfiguration,
  known: readonly OwnTarget[],
  spreads: () => boolean,
): Diagnostic[] {
  const own = known.filter(({ name }) => Object.hasOwn(project.targets ?? {}, name));
  const ofTargets = own.flatMap((target): Diagnostic[] => {
    const { name } = target;
    if (!Object.hasOwn(found.targets, name))
      return Object.hasOwn(found.scripts, name) ? [replaced(found, 'scripts', target, '')] : [];
    const entry = afterSpread(object(found.targets[name]), spreads);
    if (!isForTarget(entry, target)) return [replaced(found, 'targets', target, '')];
    const inferred: Json = { ...project.targets?.[name] };
    return Object.entries(target.breaks)
      .filter(([key, breaks]) => Object.hasOwn(entry, key) && breaks(entry[key], inferred[key]))
      .map(([key]) => replaced(found, 'targets', target, key));
  });
  const inputs = Object.keys(project.namedInputs ?? {}).filter(
    (name) => Object.hasOwn(found.namedInputs, name) && !keepsInput(found.namedInputs[name], spreads),
  );
  return [...ofTargets, ...inputs.map((name) => replacedInput(found, name))];
}

/** Keys before `"..."` in a target are overridden by what the plugin infers. */
function afterSpread(entry: Json, spreads: () => boolean): Json {
  const keys = Object.keys(entry);
  const at = keys.indexOf('...');
  if (at < 0 || !spreads()) return entry;
  return Object.fromEntries(keys.slice(at + 1).map((key) => [key, entry[key]]));
}

function keepsInput(value: unknown, spreads: () => boolean): boolean {
  return Array.isArray(value) && value.includes('...') && spreads();
}

function replaced(found: ProjectFile, section: string, target: OwnTarget, key: string): Diagnostic {
  const { file, text } = found;
  const { name } = target;
  const what = section === 'scripts' ? `the script "${name}"` : `"${name}"`;
  const whole = {
    message: `In ${file}, ${what} would replace the target of ${target.executor}`,
    hint: `give it another name, or rename ours with the plugin option \`${renamingOption(target.key)}\``,
  };
  const part = {
    message: `In ${file}, \`${key}\` of "${name}" would replace what this target needs`,
    hint: `take \`${key}\` out of it.${isList(key) ? ` ${KEEP} Before, repeat what \`nx show project\` prints without it.` : ''}`,
  };
  return {
    code: 'replaced-target',
    severity: 'error',
    file,
    ...placeOf(name, section, text),
    ...(key === '' ? whole : part),
  };
}

function replacedInput({ file, text }: ProjectFile, name: string): Diagnostic {
  return {
    code: 'replaced-target',
    severity: 'error',
    file,
    ...placeOf(name, 'namedInputs', text),
    message: `In ${file}, \`namedInputs.${name}\` would replace the files that this image is told by`,
    hint: `give it another name. ${KEEP}`,
  };
}

const KEEP = 'With Nx 23 or later a `"..."` in the list keeps what the plugin says.';

function isList(key: string): boolean {
  return key === 'dependsOn' || key === 'inputs' || key === 'outputs';
}

function object(value: unknown): Json {
  return isObject(value) && !Array.isArray(value) ? value : {};
}
