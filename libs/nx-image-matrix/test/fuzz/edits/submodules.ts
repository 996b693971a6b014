import { filesOf } from '../sources.ts';
import type { Edit } from './edit.ts';

const editInside: Edit = ({ sources, random }) => {
  const [path] = random.shuffled(filesOf(sources, /^vendor\/\w+\//));
  const file = path === undefined ? undefined : sources.files.get(path);
  if (path === undefined || !file) return undefined;
  sources.files.set(path, { ...file, content: `${file.content}${random.word()}\n` });
  return `${path}: content, not committed`;
};

/** A new commit, with or without different content. */
const moveCommit: Edit = ({ sources, random }) => {
  const folder = random.pick([...sources.submodules.keys()]);
  const { commits } = sources.submodules.get(folder)!;
  sources.submodules.set(folder, { commits: commits + 1 });
  if (random.chance(0.3)) return `${folder}: an empty commit`;
  const path = `${folder}/${random.pick(['lib.txt', 'src/code.txt', `src/${random.word()}.txt`])}`;
  sources.files.set(path, { content: random.word(), executable: random.chance(0.2) });
  return `${folder}: a commit that changes ${path}`;
};

/** A new submodule, which a template may copy from. */
const addSubmodule: Edit = ({ sources, random }) => {
  const folder = `vendor/${random.word()}`;
  sources.submodules.set(folder, { commits: 1 });
  sources.files.set(`${folder}/lib.txt`, { content: random.word(), executable: false });
  const template = 'templates/debian/debug.Dockerfile.liquid';
  const file = sources.files.get(template);
  if (!file || random.chance(0.5)) return `submodule ${folder} added`;
  sources.files.set(template, { ...file, content: `${file.content}\nCOPY ${folder}/lib.txt /vendor/\n` });
  return `submodule ${folder} added, and ${template} copies from it`;
};

/** Edits of submodules. */
export const submoduleEdits: Edit[] = [editInside, editInside, moveCommit, moveCommit, moveCommit, addSubmodule];
