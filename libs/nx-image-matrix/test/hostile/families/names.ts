import { manifestWith, healthyManifest, type HostileCase } from '../hostile-case.ts';

/** Folders below the manifest's, with names that look otherwise. */
const below = new Set(['"."', '"..\\\\outside"', '"C:/x"']);
const bad = { code: 'bad-reference' };
const escapes = [
  '"../evil"',
  '"/evil"',
  '".."',
  '"."',
  '"a/../../evil"',
  '"a\\\\b"',
  '"a\\0b"',
  '""',
  '" a"',
  '"a "',
  '"a."',
  '"\\u202eppa"',
  '"а"',
  `"${'a'.repeat(300)}"`,
  '"nul"',
  '"com1"',
  '"~"',
  '"$(id)"',
  '"-rf"',
  '"a\\nb"',
  '"{a,b}"',
  '"**"',
];

/** Names that would lead out of the output folder, or that no file system and no registry accepts. */
export const nameCases: HostileCase[] = [
  ...escapes.map((name): HostileCase => ({
    what: `a package ${name.slice(0, 20)}`,
    files: manifestWith('app:', `${name}:`),
    ends: bad,
  })),
  ...escapes.map((name): HostileCase => ({
    what: `a distro ${name.slice(0, 20)}`,
    files: { 'manifest.yml': healthyManifest.replace('[debian]', `[${name}]`).replace('  debian:\n', `  ${name}:\n`) },
    ends: bad,
  })),
  ...['"../evil"', '"/evil"', '"."', '".."', '"12."', `"${'1'.repeat(300)}"`].map((version): HostileCase => ({
    what: `a distro version ${version.slice(0, 20)}`,
    files: manifestWith('12:', `${version}:`),
    ends: bad,
  })),
  ...['"../evil"', '"/evil"', '"nul"', '"a."'].map((type): HostileCase => ({
    what: `a release type ${type}`,
    files: { 'manifest.yml': `${healthyManifest.replace('runtime', type)}release_types: {${type}: {from: base}}\n` },
    ends: bad,
  })),
  ...['"../../evil"', '"/evil"', '".."', '"a\\0b"', '"{{ \'../../evil\' }}"', '"1."'].map((value): HostileCase => ({
    what: `an axis value ${value}`,
    files: { 'manifest.yml': `${healthyManifest}      args: {PYTHON_VERSION: [${value}, "3"]}\n` },
    ends: { code: 'bad-arg' },
  })),
  {
    what: 'an axis value of 300 characters',
    files: {
      'manifest.yml': `${healthyManifest}      args: {A: [${'a'.repeat(300)}, b]}\nrelease_types: {runtime: {tags: ["{{ args.A | size }}"]}}\n`,
    },
    ends: { code: 'bad-arg' },
  },
  ...['"../evil"', '"{{ \'../evil\' }}"', `"${'a'.repeat(129)}"`, '".a"', '"a:b"'].map((tag): HostileCase => ({
    what: `a tag ${tag.slice(0, 20)}`,
    files: { 'manifest.yml': `${healthyManifest}release_types: {runtime: {tags: [${tag}]}}\n` },
    ends: { code: 'bad-tag' },
  })),
  {
    what: 'a version ../evil',
    files: { 'manifest.yml': `version: ../evil\n${healthyManifest}` },
    ends: { code: 'bad-tag' },
  },
  ...['"../outside"', '"/etc"', '"templates/../../outside"', '"."', '"..\\\\outside"', '"C:/x"'].map(
    (dir): HostileCase => ({
      what: `templates_dir: ${dir}`,
      files: manifestWith('templates_dir: templates', `templates_dir: ${dir}`),
      ends: { code: below.has(dir) ? 'missing-template' : 'template-outside-root' },
    }),
  ),
];
