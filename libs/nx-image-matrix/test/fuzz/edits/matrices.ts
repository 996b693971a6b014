import { lab, sourceOf } from '../start-lab.ts';
import { filesOf } from '../sources.ts';
import { mapping, type Mapping, type Value } from '../yaml-text.ts';
import { ensureMapping, itemsOf, mappingAt, type Desk, type Edit } from './edit.ts';

const manifest = `${lab}/manifest.yml`;
const versionsFile = `${lab}/data/versions.json`;
const varsFile = `${lab}/data/vars.yml`;

/** The document that holds a section, or the manifest's own. */
function holding({ sources }: Desk, section: string): Mapping {
  const documents = [manifest, ...sources.parts.keys()].flatMap((file) => documentOf(sources, file) ?? []);
  return documents.find((document) => document.has(section)) ?? documents[0]!;
}

function documentOf({ manifests, parts }: Desk['sources'], file: string): Mapping | undefined {
  return (manifests.get(file) ?? parts.get(file))?.document;
}

type Versions = Record<string, Record<string, unknown>>;

/** Changes the data file that an axis is read from. */
function editVersions(change: (versions: Versions, desk: Desk) => string | undefined): Edit {
  return (desk) => {
    const file = desk.sources.files.get(versionsFile);
    if (!file) return undefined;
    const versions = JSON.parse(file.content) as Versions;
    const what = change(versions, desk);
    if (what === undefined) return undefined;
    const indent = desk.random.pick([0, 2, 4]);
    desk.sources.files.set(versionsFile, { ...file, content: `${JSON.stringify(versions, undefined, indent)}\n` });
    return `${versionsFile}: ${what}`;
  };
}

const changeCompanion = editVersions((versions, { random }) => {
  const version = random.pick(Object.keys(versions));
  const name = random.pick(['VERSION', 'SHA256', 'SHA256', 'UNREAD']);
  versions[version]![name] = name === 'VERSION' ? `3.${random.below(99)}.1` : random.word();
  return `${name} of ${version}`;
});

const changePlatforms = editVersions((versions, { random }) => {
  const version = random.pick(Object.keys(versions));
  const entry = versions[version]!;
  if (random.chance(0.3)) delete entry['platforms'];
  else entry['platforms'] = random.pick([['linux/amd64'], ['linux/arm64'], ['linux/amd64', 'linux/arm64']]);
  return `platforms of ${version}`;
});

const addVersion = editVersions((versions, { random }) => {
  if (Object.keys(versions).length > 3) return undefined;
  const version = `3.${20 + random.below(40)}`;
  versions[version] = { VERSION: `${version}.0`, SHA256: random.word() };
  return `${version} added`;
});

const removeVersion = editVersions((versions, { random }) => {
  const names = Object.keys(versions);
  if (names.length < 2) return undefined;
  const version = random.pick(names);
  delete versions[version];
  return `${version} removed`;
});

const respell = editVersions(() => 'spelled in another way');

const changeVars: Edit = ({ sources, random }) => {
  const file = sources.files.get(varsFile);
  if (!file) return undefined;
  const word = random.word();
  const [what, pattern, line] = random.pick([
    ['suite', /^suite:.*$/m, `suite: ${random.pick(['slim', word])}`],
    ['extras', /^extras:.*$/m, `extras: [${random.pick(['curl, git', `curl, ${word}`, word])}]`],
    ['unused', /^unused:.*$/m, `unused: { deep: [1, ${word}] }`],
    ['depth', /^depth:.*$/m, `depth: { one: ${word} }`],
    ['comment', /^suite:/m, `# ${word}\nsuite:`],
  ] as const);
  sources.files.set(varsFile, { ...file, content: file.content.replace(pattern, line) });
  return `${varsFile}: ${what}`;
};

const changeVarsOfPackage: Edit = (desk) => {
  const { random } = desk;
  const pkg = random.pick(['desk', 'kit']);
  const vars = ensureMapping(holding(desk, 'package_spec'), 'package_spec', pkg, 'vars');
  const name = random.pick(['extras', 'unused', 'suite']);
  if (random.chance(0.2)) vars.set(name, null);
  else vars.set(name, name === 'extras' ? [random.word(), 'git'] : random.word());
  return `vars of ${pkg}: ${name}`;
};

/** Another file for a section means the same. */
const moveSection: Edit = ({ sources, random }) => {
  const files = [manifest, ...[...sources.parts.keys()].filter((file) => file.startsWith(`${lab}/parts/`))];
  const from = random.pick(files);
  const document = documentOf(sources, from);
  const section = document && [...document.keys()].find((key) => key !== 'include' && key !== 'packages');
  if (!document || section === undefined) return undefined;
  const part = `${lab}/parts/${random.word()}.yml`;
  const to = random.chance(0.5) ? documentOf(sources, random.pick(files)) : mapping({});
  if (!to || to === document || to.has(section)) return undefined;
  to.set(section, document.get(section)!);
  document.delete(section);
  if (to.size === 1) sources.parts.set(part, sourceOf(to));
  if (document.size === 0) sources.parts.delete(from);
  return `${from}: ${section} is in another file now`;
};

const addPart: Edit = (desk) => {
  const { sources, random } = desk;
  const file = `${lab}/parts/${random.word()}.yml`;
  const name = random.word();
  const [what, document] = random.pick<[string, Mapping]>([
    ['nothing that counts', mapping({ 'x-note': name })],
    ['a package', mapping({ packages: mapping({ [name]: mapping({ slim: ['debian11'] }) }) })],
    ['labels of a package', mapping({ package_spec: mapping({ kit: mapping({ labels: mapping({ a: name }) }) }) })],
  ]);
  sources.parts.set(file, sourceOf(document));
  return `${file} added: ${what}`;
};

const removePart: Edit = ({ sources, random }) => {
  const [file] = random.shuffled([...sources.parts.keys()].filter((path) => path.startsWith(`${lab}/parts/w`)));
  if (file === undefined) return undefined;
  sources.parts.delete(file);
  return `${file} removed`;
};

/** A file beside the parts that no pattern of `include` matches. */
const addForeignFile: Edit = ({ sources, random }) => {
  const path = `${lab}/${random.pick(['parts/notes.txt', 'parts/deep/part.yml', 'data/other.json'])}`;
  sources.files.set(path, { content: `{ "packages": "${random.word()}" }\n`, executable: false });
  return `${path} written, which no manifest reads`;
};

const commentPart: Edit = ({ sources, random }) => {
  const file = random.pick([...sources.parts.keys()]);
  const part = sources.parts.get(file)!;
  part.style.comments.set(random.pick([...part.document.keys()]), random.word());
  return `${file}: a comment`;
};

const changeExclude: Edit = (desk) => {
  const { random } = desk;
  const document = holding(desk, 'exclude');
  const entries = [...itemsOf(document.get('exclude'))];
  if (entries.length > 0 && random.chance(0.5)) entries.splice(random.below(entries.length), 1);
  else entries.push(randomExclusion(desk));
  if (entries.length === 0) document.delete('exclude');
  else document.set('exclude', entries);
  return `exclude has ${entries.length} entries`;
};

function randomExclusion({ random }: Desk): Value {
  return random.pick([
    mapping({ package: 'kit', release_type: 'slim', PYTHON_VERSION: random.pick(['3.12', '3.13']) }),
    mapping({ package: 'kit', cuda: random.pick(['12.4', '12.6.3']) }),
    mapping({ distro: 'debian12', release_type: 'view' }),
    mapping({ package: 'kit', distro: 'debian11' }),
  ]);
}

const changeAxisLabel: Edit = (desk) => {
  const document = holding(desk, 'axis_labels');
  const label = desk.random.pick(['py', 'python', 'p']);
  ensureMapping(document, 'axis_labels').set('PYTHON_VERSION', label);
  return `axis label ${label}`;
};

const changeType: Edit = (desk) => {
  const { random } = desk;
  const type = random.pick(['full', 'slim', 'gpu', 'view']);
  const settings = ensureMapping(holding(desk, 'release_types'), 'release_types', type);
  const [key, value] = random.pick<[string, Value]>([
    ['template', random.pick(['kit', 'view'])],
    ['from', random.pick(['base', 'kit/full', 'kit/slim'])],
    ['base_image', random.pick(['debian:{{ args.VERSION }}', `debian:${random.word()}`])],
    ['platforms', random.pick([['linux/amd64'], ['linux/arm64', 'linux/amd64']])],
    ['vars', mapping({ extras: [random.word()] })],
    ['floating_tags', [`{{ vars.suite }}-${random.word()}`]],
    ['tags', [`{{ add_to_tags }}-${type} ${random.word()}-{{ add_to_tags }}-{{ args.PYTHON_VERSION }}`]],
  ]);
  settings.set(key, value);
  return `${key} of release type ${type}`;
};

const changeBase: Edit = (desk) => {
  const { random } = desk;
  const spec = ensureMapping(holding(desk, 'package_spec'), 'package_spec', random.pick(['kit', 'desk']));
  spec.set(
    'base_image',
    random.pick(['debian:{{ args.VERSION }}', 'debian:{{ vars.suite }}', `debian:${random.word()}`]),
  );
  return 'base_image of a package';
};

const changeCudaOfPackage: Edit = (desk) => {
  const { random } = desk;
  const spec = ensureMapping(holding(desk, 'package_spec'), 'package_spec', 'kit');
  if (random.chance(0.3)) spec.delete('cuda');
  else spec.set('cuda', random.pick<Value>(['12.4', ['12.6.3'], ['12.4', '12.6.3']]));
  return 'CUDA versions of kit';
};

const changeCudaEntry: Edit = (desk) => {
  const { random } = desk;
  const versions = mappingAt(holding(desk, 'cuda_dependencies'), 'cuda_dependencies');
  const entry = versions && mappingAt(versions, random.pick([...versions.keys()]));
  if (!entry) return undefined;
  const key = random.pick(['requires', 'platforms', 'cudart', 'libnpp']);
  if (key === 'platforms') entry.set(key, random.pick([['linux/amd64'], ['linux/arm64']]));
  else entry.set(key, key === 'requires' ? `cuda>=12.${random.below(9)}` : `12.${random.below(9)}.1-1`);
  return `${key} of a CUDA version`;
};

/** Files that one branch of stages copies. */
const changeStageFile: Edit = ({ sources, random }) => {
  const path = random.pick([...filesOf(sources, /^services\/lab\/app\//), `${lab}/app/gpu/${random.word()}.txt`]);
  sources.files.set(path, { content: random.word(), executable: random.chance(0.2) });
  return `${path}: content`;
};

/** Which of its stages the last one is made from. */
const changeReached: Edit = ({ sources, random }) => {
  const path = `${lab}/templates/kit.Dockerfile.liquid`;
  const file = sources.files.get(path)!;
  const stage = random.pick(['cpu', 'gpu', "{% if release_type == 'full' %}gpu{% else %}cpu{% endif %}"]);
  sources.files.set(path, {
    ...file,
    content: file.content.replace(/--from=.* \/stage \/stage/, `--from=${stage} /stage /stage`),
  });
  return `${path}: copies from ${stage}`;
};

/** Edits of a manifest in several files, with all that such a manifest may say. */
export const matrixEdits: Edit[] = [
  changeCompanion,
  changeCompanion,
  changePlatforms,
  addVersion,
  removeVersion,
  respell,
  changeVars,
  changeVars,
  changeVarsOfPackage,
  moveSection,
  moveSection,
  addPart,
  removePart,
  addForeignFile,
  commentPart,
  changeExclude,
  changeExclude,
  changeAxisLabel,
  changeType,
  changeType,
  changeBase,
  changeCudaOfPackage,
  changeCudaEntry,
  changeStageFile,
  changeStageFile,
  changeReached,
];
