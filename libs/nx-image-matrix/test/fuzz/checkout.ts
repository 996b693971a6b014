import { chmodSync, copyFileSync, mkdirSync, readlinkSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import type { SourceFile, Sources } from './sources.ts';
import { yamlText } from './yaml-text.ts';

/** What git would commit: path -> mode and content hash. */
export type Tree = ReadonlyMap<string, string>;

/** All source files by path, manifests and their parts as text. */
function sourceTexts({ manifests, parts, files }: Sources): Map<string, SourceFile> {
  const texts = new Map(files);
  for (const [path, { document, style }] of [...manifests, ...parts]) {
    texts.set(path, { content: yamlText(document, style), executable: false });
  }
  return texts;
}

/** Changes the sources on disk from one state to another, and touches nothing else. */
export function writeSources(root: string, from: Sources, to: Sources): void {
  const before = sourceTexts(from);
  const after = sourceTexts(to);
  for (const path of before.keys()) if (!after.has(path)) rmSync(join(root, path), { force: true });
  for (const folder of from.submodules.keys()) if (!to.submodules.has(folder)) removeSubmodule(root, folder);
  for (const [path, file] of after) {
    const known = before.get(path);
    const same = known?.content === file.content && known.link === file.link && modeOf(known) === modeOf(file);
    if (!same) writeSource(join(root, path), file);
  }
  for (const [folder, { commits }] of to.submodules) {
    const known = from.submodules.get(folder);
    if (!known) addSubmodule(root, folder);
    else if (known.commits < commits) commitSubmodule(root, folder);
  }
}

function writeSource(path: string, file: SourceFile): void {
  rmSync(path, { force: true });
  if (file.link !== true) return writeFile(path, file.content, modeOf(file));
  mkdirSync(dirname(path), { recursive: true });
  symlinkSync(file.content, path);
}

function addSubmodule(root: string, folder: string): void {
  git(root, ['init', '--quiet', folder]);
  commitSubmodule(root, folder);
  git(root, ['submodule', '--quiet', 'add', `./${folder}`, folder]);
}

/** Commits everything in a submodule. */
export function commitSubmodule(root: string, folder: string): void {
  const inside = join(root, folder);
  git(inside, ['add', '--all']);
  const identity = ['-c', 'user.name=test', '-c', 'user.email=test@example.com'];
  git(inside, [...identity, 'commit', '--quiet', '--allow-empty', '-m', 'edit']);
}

function removeSubmodule(root: string, folder: string): void {
  git(root, ['rm', '--quiet', '--force', folder]);
  rmSync(join(root, folder), { recursive: true, force: true });
  rmSync(join(root, '.git/modules', folder), { recursive: true, force: true });
}

/** Permission bits of a source file. */
function modeOf({ executable, umask = 0o022 }: SourceFile): number {
  return (executable ? 0o777 : 0o666) & ~umask;
}

export function writeFile(path: string, content: string | Buffer, mode: number): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
  chmodSync(path, mode);
}

/**
 * The working tree as git sees it, without ignored files: a link with its target, a submodule as its commit with its
 * content. Does not change git's index.
 */
export function readTree(root: string): Tree {
  const gitFolder = git(root, ['rev-parse', '--absolute-git-dir']).trim();
  const index = join(gitFolder, 'fuzz-index');
  copyFileSync(join(gitFolder, 'index'), index);
  const env = { ...process.env, GIT_INDEX_FILE: index };
  git(root, ['-c', 'advice.addEmbeddedRepo=false', 'add', '--all'], env);
  const tree = new Map<string, string>();
  for (const entry of git(root, ['ls-files', '--stage', '-z'], env).split('\0').filter(Boolean)) {
    const [facts = '', path = ''] = entry.split('\t');
    if (facts.startsWith('160000')) {
      const inside = readTree(join(root, path));
      for (const [name, own] of inside) tree.set(`${path}/${name}`, own);
      tree.set(path, `${facts} ${JSON.stringify([...inside])}`);
    } else if (facts.startsWith(linkMode)) tree.set(path, linkMode + readlinkSync(join(root, path)));
    else tree.set(path, facts);
  }
  return tree;
}

/** Before the target of a link. */
const linkMode = '120000 ';

/** The target of a path in a tree, if it is a link. */
export function linkTarget(tree: Tree, path: string): string | undefined {
  const facts = tree.get(path);
  return facts?.startsWith(linkMode) ? facts.slice(linkMode.length) : undefined;
}

/** The folder of the submodule that contains a path. */
export function submoduleOf(tree: Tree, path: string): string | undefined {
  for (let at = path.indexOf('/'); at >= 0; at = path.indexOf('/', at + 1)) {
    if (tree.get(path.slice(0, at))?.startsWith('160000')) return path.slice(0, at);
  }
  return undefined;
}

function git(cwd: string, args: string[], env: NodeJS.ProcessEnv = process.env): string {
  const { stdout, stderr, status } = spawnSync('git', args, { cwd, env, encoding: 'utf8' });
  if (status !== 0) throw new Error(`git ${args.join(' ')}: ${stderr}`);
  return stdout;
}
