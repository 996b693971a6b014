import { filesOf } from '../sources.ts';
import type { Edit } from './edit.ts';

const context = /^(tools|conf|data|requirements|flavours|services\/jobs\/app)\//;
const folders = [
  'tools/api',
  'tools/worker',
  'tools/shared',
  'tools/shared/deep/er',
  'tools/shared/new',
  'conf',
  'requirements/sub',
  'flavours/plain',
  'flavours/hot',
  'services/jobs/app/lib',
];

const changeContent: Edit = ({ sources, random }) => {
  const path = random.pick(filesOf(sources, context));
  const file = sources.files.get(path)!;
  sources.files.set(path, { ...file, content: `${file.content}${random.word()}\n` });
  return `${path}: content`;
};

const changeMode: Edit = ({ sources, random }) => {
  const path = random.pick(filesOf(sources, context));
  const file = sources.files.get(path)!;
  sources.files.set(path, { ...file, executable: !file.executable });
  return `${path}: executable ${!file.executable}`;
};

const addFile: Edit = ({ sources, random }) => {
  const path = `${random.pick(folders)}/${random.word()}.${random.pick(['txt', 'conf', 'md', 'log', 'local'])}`;
  sources.files.set(path, { content: random.word(), executable: random.chance(0.2) });
  return `${path} added`;
};

const addModel: Edit = ({ sources, random }) => {
  const path = `data/model-${random.pick(['b', 'c', '11', '[', 'd'])}.bin`;
  sources.files.set(path, { content: random.word(), executable: false });
  return `${path} written`;
};

const removeFile: Edit = ({ sources, random }) => {
  const path = random.pick(filesOf(sources, context));
  sources.files.delete(path);
  return `${path} removed`;
};

const renameFile: Edit = ({ sources, random }) => {
  const path = random.pick(filesOf(sources, context));
  const renamed = `${random.pick(folders)}/${random.word()}.txt`;
  sources.files.set(renamed, sources.files.get(path)!);
  sources.files.delete(path);
  return `${path} renamed to ${renamed}`;
};

const changeUnrelated: Edit = ({ sources, random }) => {
  const path = random.pick([
    'README.md',
    'docs/guide.txt',
    'apps/web/index.js',
    'services/jobs/notes.txt',
    'docs/new.txt',
  ]);
  sources.files.set(path, { content: random.word(), executable: false });
  return `${path}: unrelated`;
};

const changeUnusedTemplate: Edit = ({ sources, random }) => {
  const path = 'templates/partials/unused.liquid';
  sources.files.set(path, { content: random.word(), executable: false });
  return `${path}: a partial that nothing renders`;
};

const changeDockerignore: Edit = ({ sources, random }) => {
  const path = random.pick(['.dockerignore', 'services/jobs/.dockerignore']);
  const lines = sources.files.get(path)?.content.split('\n').filter(Boolean) ?? [];
  const line = random.pick([
    '**/*.log',
    'docs',
    '!tools/shared/README.md',
    '**/*.txt',
    `# ${random.word()}`,
    '**/deep',
  ]);
  const at = lines.indexOf(line);
  if (at >= 0) lines.splice(at, 1);
  else lines.push(line);
  sources.files.set(path, { content: `${lines.join('\n')}\n`, executable: false });
  return `${path}: ${at >= 0 ? 'without' : 'with'} ${line}`;
};

/** Edits of files that images copy, and of others. */
export const contextEdits: Edit[] = [
  changeContent,
  changeContent,
  changeContent,
  changeMode,
  changeMode,
  addFile,
  addFile,
  addModel,
  removeFile,
  renameFile,
  changeUnrelated,
  changeUnusedTemplate,
  changeDockerignore,
];
