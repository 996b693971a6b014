import { filesOf } from '../sources.ts';
import { ensureMapping, type Desk, type Edit } from './edit.ts';

const base = 'templates/debian/base.Dockerfile.liquid';
const children = /^templates\/debian\/(devel|debug)\.Dockerfile\.liquid$|^templates\/debian\/cudnn\/Dockerfile/;

function append({ sources }: Desk, path: string, line: string): void {
  const file = sources.files.get(path)!;
  if (!file.content.includes(line)) sources.files.set(path, { ...file, content: `${file.content}\n${line}\n` });
}

/** A variable that a base image sets, in a path that its children copy. */
const copyByVariable: Edit = (desk) => {
  const { sources, random } = desk;
  const [child] = random.shuffled(filesOf(sources, children));
  const file = sources.files.get(base);
  if (child === undefined || !file) return undefined;
  const taste = random.pick(['plain', 'hot']);
  const content = file.content.replace(/\nENV TASTE=.*\n/, '');
  sources.files.set(base, { ...file, content: `${content}\nENV TASTE=${taste}\n` });
  append(desk, child, 'COPY flavours/${TASTE}/ /taste/');
  return `${base} sets TASTE=${taste}, ${child} copies by it`;
};

/** What a base image makes its children copy. */
const copyOnBuild: Edit = (desk) => {
  if (!desk.sources.files.has(base)) return undefined;
  const path = desk.random.pick(['conf/other.txt', 'requirements/sub/', 'data/model-10.bin']);
  append(desk, base, `ONBUILD COPY ${path} /onbuild/`);
  return `${base}: ONBUILD COPY ${path}`;
};

/** A stage before the others, which the last one may copy from. */
const addStage: Edit = (desk) => {
  const { sources, random } = desk;
  const path = random.pick(filesOf(sources, /^templates\/(debian|rocky)\/.*Dockerfile\.liquid$/));
  const file = sources.files.get(path)!;
  const name = random.word();
  const copied = random.pick(['conf/other.txt', 'flavours/hot/', 'data/model-10.bin']);
  const used = random.chance(0.4);
  const use = used ? `\nCOPY --from=${name} /stage /stage\n` : '';
  sources.files.set(path, {
    ...file,
    content: `FROM busybox:1 AS ${name}\nCOPY ${copied} /stage/\n${file.content}${use}`,
  });
  return `${path}: a stage that copies ${copied} and is ${used ? 'used' : 'never reached'}`;
};

/** Tags that no other image starts `FROM`. */
const moveTags: Edit = ({ sources, random }) => {
  const { document } = sources.manifests.get('manifest.yml')!;
  const type = random.pick(['base', 'runtime', 'cudnn']);
  const tags = [`moved-{{ add_to_tags }}`, `${random.word()}-{{ add_to_tags }}`].slice(random.below(2));
  ensureMapping(document, 'release_types', type).set('floating_tags', tags);
  return `floating tags of ${type}: ${tags.join(', ')}`;
};

/** As in a checkout with another umask; git keeps only the executable bit. */
const checkOutForGroup: Edit = ({ sources, random }) => {
  const path = random.pick(filesOf(sources, /^(tools|conf|data|flavours|templates)\//));
  const file = sources.files.get(path)!;
  const umask = random.pick([0o002, 0o027, 0o077]);
  if (file.link === true || file.umask === umask) return undefined;
  sources.files.set(path, { ...file, umask });
  return `${path}: written under umask ${umask.toString(8)}`;
};

/** Edits of what one image passes on to another, and of what it does not. */
export const passedOnEdits: Edit[] = [
  copyByVariable,
  copyByVariable,
  copyOnBuild,
  addStage,
  moveTags,
  moveTags,
  checkOutForGroup,
];
