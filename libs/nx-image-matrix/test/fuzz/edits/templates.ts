import { filesOf } from '../sources.ts';
import type { Desk, Edit } from './edit.ts';

/** Inserts a line somewhere in a template, after its `FROM`. */
function insertLine(where: RegExp, make: (desk: Desk) => string, what: string): Edit {
  return (desk) => {
    const { sources, random } = desk;
    const path = random.pick(filesOf(sources, where));
    const file = sources.files.get(path)!;
    const lines = file.content.split('\n');
    const start = lines.findIndex((line) => /^FROM|partials\/header|render 'head'/.test(line)) + 1;
    lines.splice(start + random.below(lines.length - start + 1), 0, make(desk));
    sources.files.set(path, { ...file, content: lines.join('\n') });
    return `${path}: ${what}`;
  };
}

const templates = /templates\/.*\.liquid$/;
const dockerfiles = /templates\/.*Dockerfile\.liquid$/;
const partials = /templates\/(partials\/.*|debian\/local|services.*head)\.liquid$/;

const changeExtraFile: Edit = ({ sources, random }) => {
  const path = random.pick(filesOf(sources, /^templates\/\w+\/(runtime|cudnn)\/(?!Dockerfile)/));
  const file = sources.files.get(path)!;
  const content = `${file.content}${random.chance(0.5) ? `# ${random.word()}` : ''}\n`;
  sources.files.set(path, { ...file, content });
  return `${path}: content`;
};

const changeExtraFileMode: Edit = ({ sources, random }) => {
  const path = random.pick(filesOf(sources, /^templates\/\w+\/(runtime|cudnn)\/(?!Dockerfile)/));
  const file = sources.files.get(path)!;
  sources.files.set(path, { ...file, executable: !file.executable });
  return `${path}: executable ${!file.executable}`;
};

const addExtraFile: Edit = ({ sources, random }) => {
  const folder = random.pick(['templates/debian/runtime', 'templates/debian/cudnn', 'templates/rocky/cudnn']);
  const path = `${folder}/${random.pick(['', 'more/'])}${random.word()}.txt`;
  sources.files.set(path, { content: random.word(), executable: random.chance(0.3) });
  return `${path} added`;
};

/** A file that is written for some images only: it is blank for the others. */
const addExtraFileOfSome: Edit = ({ sources, random }) => {
  const folder = random.pick(['templates/debian/runtime', 'templates/debian/cudnn', 'templates/rocky/cudnn']);
  const path = `${folder}/${random.pick(['', 'more/'])}${random.word()}.txt.liquid`;
  const condition = random.pick(['distro.version >= 12', "package == 'api'", 'cuda.version.major == 12', 'false']);
  const content = `{% if ${condition} %}${random.word()}{% endif %}\n`;
  sources.files.set(path, { content, executable: random.chance(0.3) });
  return `${path} added, where ${condition}`;
};

const removeExtraFile: Edit = ({ sources, random }) => {
  const [path] = random.shuffled(filesOf(sources, /^templates\/\w+\/(runtime|cudnn)\/(more\/)?w\w+\.txt(\.liquid)?$/));
  if (path === undefined) return undefined;
  sources.files.delete(path);
  return `${path} removed`;
};

/** A partial next to the template wins over one of the same name in the root. */
const shadowPartial: Edit = ({ sources, random }) => {
  const folder = random.pick(['debian', 'alpine', 'rocky', 'debian/runtime']);
  const name = random.pick(['header', 'env', 'shared', 'cuda']);
  const path = `templates/${folder}/partials/${name}.liquid`;
  const original = sources.files.get(`templates/partials/${name}.liquid`)!;
  if (sources.files.delete(path)) return `${path} no longer shadows`;
  const changed = random.chance(0.7) ? `${original.content}\nRUN echo ${random.word()}\n` : original.content;
  sources.files.set(path, { content: changed, executable: false });
  return `${path} shadows`;
};

const addPartial: Edit = ({ sources, random }) => {
  const name = random.word();
  const path = random.pick(filesOf(sources, /^templates\/.*Dockerfile\.liquid$/));
  const file = sources.files.get(path)!;
  sources.files.set(`templates/partials/${name}.liquid`, { content: `RUN echo ${name}\n`, executable: false });
  sources.files.set(path, { ...file, content: `${file.content}{% render 'partials/${name}' %}\n` });
  return `${path}: renders a new partial ${name}`;
};

/** Changes a single file to a folder of the same release type, or back. */
const moveTemplate: Edit = ({ sources, random }) => {
  const path = random.pick(filesOf(sources, /^templates\/(debian|alpine|rocky)\/\w+[./]Dockerfile\.liquid$/));
  const other = path.endsWith('/Dockerfile.liquid')
    ? path.replace(/\/Dockerfile\.liquid$/, '.Dockerfile.liquid')
    : path.replace(/\.Dockerfile\.liquid$/, '/Dockerfile.liquid');
  sources.files.set(other, sources.files.get(path)!);
  sources.files.delete(path);
  return `${path} is now ${other}`;
};

/** Edits of templates and partials. */
export const templateEdits: Edit[] = [
  insertLine(dockerfiles, ({ random }) => `RUN echo ${random.word()}`, 'an instruction'),
  insertLine(partials, ({ random }) => `RUN echo ${random.word()}`, 'an instruction'),
  insertLine(templates, ({ random }) => `{%- comment %} ${random.word()} {% endcomment %}`, 'a comment'),
  insertLine(templates, ({ random }) => `{%- # ${random.word()} %}`, 'an inline comment'),
  insertLine(dockerfiles, ({ random }) => `# ${random.word()}`, 'a comment that is rendered'),
  insertLine(templates, () => '', 'an empty line'),
  insertLine(
    dockerfiles,
    ({ random }) => `{% if version == '${random.word()}' %}RUN no{% endif -%}`,
    'a branch not taken',
  ),
  insertLine(
    dockerfiles,
    () => `{% if distro.version == '12' %}LABEL twelve=yes\n{% endif -%}`,
    'a branch of one distro',
  ),
  insertLine(
    dockerfiles,
    () => `{% if distro.version >= 12 %}LABEL recent=yes\n{% endif -%}`,
    'a branch of some versions of a distro',
  ),
  insertLine(dockerfiles, () => 'COPY conf/other.txt /other', 'one more file to copy'),
  changeExtraFile,
  changeExtraFile,
  changeExtraFileMode,
  addExtraFile,
  addExtraFileOfSome,
  removeExtraFile,
  shadowPartial,
  addPartial,
  moveTemplate,
];
