import { join, posix } from 'node:path';
import { literalGlob } from '@nx-image-matrix/dockerfile';
import { targetInWorkspace } from '../fs/links.ts';
import { LARGEST_SOURCE, readRegularFile } from '../fs/read-file.ts';

/** A tag that renders another file, with the name of that file if it is a text. */
const renders = /\{%-?\s*(?:render|include|layout)\b(?:\s+(?:"([^"]*)"|'([^']*)'))?/g;

/**
 * A function that returns the globs, relative to the workspace, of all files that a test file is rendered from: itself,
 * what it is a link to, and the files that it renders. Reads each file once.
 */
export function testInputsReader(workspaceRoot: string): (path: string) => readonly string[] {
  const known = new Map<string, readonly string[]>();
  return (path) => {
    const found = known.get(path) ?? inputsOf(workspaceRoot, path);
    known.set(path, found);
    return found;
  };
}

function inputsOf(workspaceRoot: string, path: string): string[] {
  const paths = new Set([path]);
  const globs = new Set<string>();
  for (const file of paths) {
    const target = targetInWorkspace(workspaceRoot, file);
    if (target !== undefined) paths.add(target);
    const folder = posix.dirname(file);
    for (const [, quoted, single] of textOf(workspaceRoot, file).matchAll(renders)) {
      const name = quoted ?? single;
      // Where they are looked for: next to the file, then from the workspace root.
      const candidates = name === undefined ? [] : [posix.join(folder, name), posix.normalize(name)];
      for (const candidate of candidates) {
        if (!candidate.startsWith('../')) paths.add(candidate).add(`${candidate}.liquid`);
      }
      // The name is only known when the file is rendered.
      if (name === undefined || name.includes('{{')) globs.add(folder === '.' ? '*' : `${literalGlob(folder)}/**/*`);
    }
  }
  return [...[...paths].map(literalGlob), ...globs];
}

/** Empty if there is no such file, or if it cannot be read, which its test reports. */
function textOf(workspaceRoot: string, path: string): string {
  try {
    return readRegularFile(join(workspaceRoot, path), LARGEST_SOURCE, { within: workspaceRoot }).toString('utf8');
  } catch {
    return '';
  }
}
