import { chmodSync, copyFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import type { SourceFile, Sources } from './sources.ts';
import { yamlText } from './yaml-text.ts';

/** What git would commit: path -> mode and content hash. */
export type Tree = ReadonlyMap<string, string>;

/** All source files by path, manifests as text. */
export function sourceTexts({ manifests, files }: Sources): Map<string, SourceFile> {
  const texts = new Map(files);
  for (const [path, { document, style }] of manifests) {
    texts.set(path, { content: yamlText(document, style), executable: false });
  }
  return texts;
}

/** Brings the sources on disk from one state to another, and touches nothing else. */
export function writeSources(root: string, from: Sources, to: Sources): void {
  const before = sourceTexts(from);
  const after = sourceTexts(to);
  for (const path of before.keys()) if (!after.has(path)) rmSync(join(root, path));
  for (const [path, file] of after) {
    const known = before.get(path);
    if (known?.content === file.content && modeOf(known) === modeOf(file)) continue;
    writeFile(join(root, path), file.content, modeOf(file));
  }
}

/** Permission bits of a source file. */
function modeOf({ executable, forGroup = false }: SourceFile): number {
  return (executable ? 0o755 : 0o644) | (forGroup ? 0o020 : 0);
}

export function writeFile(path: string, content: string | Buffer, mode: number): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
  chmodSync(path, mode);
}

/** The working tree as git sees it, without what it ignores. Leaves git's index as it is. */
export function readTree(root: string): Tree {
  const index = join(root, '.git', 'fuzz-index');
  copyFileSync(join(root, '.git', 'index'), index);
  const env = { ...process.env, GIT_INDEX_FILE: index };
  git(root, ['add', '--all'], env);
  const entries = git(root, ['ls-files', '--stage', '-z'], env).split('\0').filter(Boolean);
  return new Map(
    entries.map((entry) => {
      const [facts = '', path = ''] = entry.split('\t');
      return [path, facts];
    }),
  );
}

function git(cwd: string, args: string[], env: NodeJS.ProcessEnv): string {
  const { stdout, stderr, status } = spawnSync('git', args, { cwd, env, encoding: 'utf8' });
  if (status !== 0) throw new Error(`git ${args.join(' ')}: ${stderr}`);
  return stdout;
}
