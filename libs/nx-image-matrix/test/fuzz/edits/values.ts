import { mapping } from '../yaml-text.ts';
import { ensureMapping, itemsOf, mappingAt, someManifest, someRelease, type Desk, type Edit } from './edit.ts';

/** Sets a key of some release to the result of `make`. */
function releaseKey(key: string, make: (desk: Desk) => string | undefined): Edit {
  return (desk) => {
    const { file, document } = someManifest(desk);
    const { place, release } = someRelease(desk, document);
    const value = make(desk);
    if (value === undefined) release.delete(key);
    else release.set(key, value);
    return `${file}: ${place}/${key} is now ${JSON.stringify(value)}`;
  };
}

const changeEnvars: Edit = (desk) => {
  const { random } = desk;
  const { file, document } = someManifest(desk);
  const { place, release } = someRelease(desk, document);
  const envars = [...itemsOf(release.get('envars'))];
  const one = `${random.pick(['LANG', 'TERM', 'COLOR', 'MODE'])}=${random.word()}`;
  if (envars.length > 0 && random.chance(0.3)) envars.splice(random.below(envars.length), 1);
  else if (envars.length > 0 && random.chance(0.5)) envars[random.below(envars.length)] = one;
  else envars.push(one);
  release.set('envars', random.chance(0.2) ? random.shuffled(envars) : envars);
  return `${file}: ${place}/envars`;
};

const changeArgs: Edit = (desk) => {
  const { random, references } = desk;
  const { file, document } = someManifest(desk);
  const args =
    file === 'manifest.yml'
      ? ensureMapping(document, 'package_spec', random.pick(['api', 'worker']), 'args')
      : ensureMapping(document, 'release_spec', 'args');
  const name = random.pick([
    'PYTHON_VERSION',
    'FLAVOUR',
    'UNUSED',
    ...(file === 'manifest.yml' ? [] : ['TOOLS_IMAGE']),
  ]);
  if (name === 'PYTHON_VERSION') args.set(name, random.pick([['3.11'], ['3.12', '3.13'], ['3.11', '3.12', '3.13']]));
  else if (name === 'FLAVOUR') args.set(name, random.pick(['hot', 'plain', 'none']));
  else args.set(name, name === 'UNUSED' ? random.word() : random.pick(references));
  return `${file}: argument ${name}`;
};

const changeLabels: Edit = ({ sources, random }) => {
  const { document } = sources.manifests.get('manifest.yml')!;
  const place = random.pick([['release_spec'], ['package_spec', 'worker'], ['release_types', 'debug']]);
  ensureMapping(document, ...place, 'labels').set(
    `org.example.${random.pick(['vendor', 'title', 'x'])}`,
    random.word(),
  );
  return `labels of ${place.join('/')}`;
};

const changeVersion: Edit = (desk) => {
  const { file, document } = someManifest(desk);
  const version = `2.${desk.random.below(100)}.0`;
  document.set('version', version);
  return `${file}: version ${version}`;
};

const changeRepository: Edit = ({ sources, random }) => {
  const { document } = sources.manifests.get('manifest.yml')!;
  const name = random.pick(['local', 'other']);
  const entry = ensureMapping(document, 'repository', name);
  const registry = ensureMapping(entry, 'registry');
  if (random.chance(0.3)) entry.set('only_if', `PUSH_${random.word().toUpperCase()}`);
  else registry.set(random.pick(['api', 'worker']), `registry.example/${random.word()}/image`);
  return `repository ${name}`;
};

const changePin: Edit = ({ sources, random }) => {
  const { document } = sources.manifests.get('manifest.yml')!;
  const versions = mappingAt(document, 'cuda_dependencies')!;
  const version = random.pick([...versions.keys()]);
  const pins = mappingAt(versions, version)!;
  const component = random.chance(0.2) ? 'libcufft' : random.pick([...pins.keys()]);
  pins.set(component, `9.${random.below(50)}.${random.below(1000)}-1`);
  return `pin of ${component} in CUDA ${version}`;
};

const changeCudaList: Edit = ({ sources, random }) => {
  const { document } = sources.manifests.get('manifest.yml')!;
  const [distro, version] = random.pick([
    ['debian', '12'],
    ['rocky', '9'],
    ['debian', '11'],
  ] as const);
  const release = mappingAt(document, 'releases', distro, version);
  if (!release) return undefined;
  const count = 1 + random.below(3);
  release.set('cuda', random.shuffled(['12.4.1', '12.6.3', '11.8.0']).slice(0, count));
  if (distro === 'debian' && version === '11') release.set('cuda_prefix_url', 'debian11');
  return `CUDA versions of ${distro} ${version}`;
};

const changeReleaseType: Edit = ({ sources, random }) => {
  const { document } = sources.manifests.get('manifest.yml')!;
  const type = random.pick(['runtime', 'devel', 'debug', 'base', 'train']);
  const settings = ensureMapping(document, 'release_types', type);
  const change = random.pick(['floating_tags', 'push', 'from', 'tags']);
  if (change === 'floating_tags') settings.set(change, [`${random.word()}-{{ add_to_tags }}`]);
  if (change === 'push') settings.set(change, random.pick(['true', 'false']));
  if (change === 'from') settings.set(change, random.pick(['base', 'runtime', 'devel', 'cudnn']));
  if (change === 'tags') settings.set(change, [`{{ name }}-${random.word()}`]);
  return `${change} of release type ${type}`;
};

const addExtension: Edit = (desk) => {
  const { file, document } = someManifest(desk);
  document.set(`x-${desk.random.word()}`, mapping({ any: 'thing' }));
  return `${file}: a key that nothing reads`;
};

/** Edits of the manifests' values. */
export const valueEdits: Edit[] = [
  releaseKey('base_image', ({ random, references }) =>
    random.chance(0.3) ? random.pick(references) : `debian:${random.word()}`,
  ),
  releaseKey('base_image', ({ random }) => `debian:${random.word()}`),
  releaseKey('add_to_tags', ({ random }) => random.word()),
  releaseKey('header', ({ random }) => (random.chance(0.3) ? '' : `# ${random.word()}\n# generated\n`)),
  releaseKey('cuda_prefix_url', ({ random }) => random.pick(['debian12', 'rhel9', 'ubuntu2404'])),
  releaseKey('cuda_requires', ({ random }) => `cuda>=12.${random.below(9)}`),
  releaseKey('multistage_image', ({ random }) => random.pick(['False', 'True', undefined])),
  changeEnvars,
  changeEnvars,
  changeArgs,
  changeArgs,
  changeLabels,
  changeVersion,
  changeRepository,
  changePin,
  changePin,
  changeCudaList,
  changeReleaseType,
  addExtension,
];
