import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { resolveOptions } from '../options/resolve-options.ts';
import { readMatrices } from './read-matrices.ts';

interface Sources {
  /** In `release_spec`, on line 3. */
  args?: string;
  /** In Debian 13, on line 7. */
  own?: string;
  /** More lines of the manifest. */
  more?: string;
  packages?: string;
  files?: Record<string, string>;
  /** The lines after `FROM {{ from }}` in the template of a release type. */
  base?: string;
  runtime?: string;
  devel?: string;
}

const roots: string[] = [];
afterEach(() => {
  for (const root of roots.splice(0)) rmSync(root, { recursive: true, force: true });
});

function read({
  args = '{}',
  own = '{}',
  more = '',
  packages = '{ app: { runtime: [debian] } }',
  files = {},
  ...types
}: Sources) {
  const root = mkdtempSync(join(tmpdir(), 'unused-arguments-'));
  roots.push(root);
  const write = (path: string, text: string): void => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  };
  const manifest = `version: 1.0.0
packages: ${packages}
release_spec: { templates_dir: templates, base_image: "debian:12", args: ${args} }
releases:
  debian:
    12: { add_to_tags: a }
    13: { add_to_tags: b, args: ${own} }
`;
  write('manifest.yml', manifest + more);
  for (const [path, text] of Object.entries(files)) write(path, text);
  for (const type of ['base', 'runtime', 'devel'] as const)
    write(`templates/${type}.Dockerfile.liquid`, `FROM {{ from }}\n${types[type] ?? ''}`);
  return readMatrices(root, ['manifest.yml'], resolveOptions(undefined), {});
}

function found(sources: Sources): string[] {
  return read(sources).diagnostics.map(({ code, severity, line }) => `${severity} ${code} ${line}`);
}

const axis = '{ PYTHON_VERSION: ["3.12", "3.13"] }';
const single = '{ MIRROR: x }';
const warned = ['warning unused-argument 3'];

it('names the unused argument and the package, and says what to do', () => {
  const { diagnostics, matrices } = read({ args: axis });
  expect(diagnostics).toEqual([
    {
      code: 'unused-argument',
      severity: 'warning',
      file: 'manifest.yml',
      line: 3,
      column: 76,
      message:
        'No Dockerfile of `app` declares `ARG PYTHON_VERSION` or is made with `args.PYTHON_VERSION`, ' +
        'so the images of this axis differ in nothing but their names and tags.',
      hint: 'declare `ARG PYTHON_VERSION` where a template uses it, or remove the argument',
    },
  ]);
  const warning = matrices[0]!.images.filter(({ warnings }) => warnings.length > 0);
  expect(warning.map(({ image }) => image.name)).toEqual(['app-debian12-base-python3.12']);
});

it('names the file of a part, and takes places in two files for two', () => {
  const { diagnostics } = read({
    more: 'include: [a.yml, b.yml]\n',
    files: {
      'a.yml': 'package_spec: { app: { args: { ONE: x } } }\n',
      'b.yml': 'package_spec: { lib: { args: { TWO: x } } }\n',
    },
    packages: '{ app: { runtime: [debian] }, lib: { devel: [debian] } }',
  });
  expect(diagnostics.map(({ file, line, message }) => [file, line, /ARG (\w+)/.exec(message)?.[1]])).toEqual([
    ['a.yml', 1, 'ONE'],
    ['b.yml', 1, 'TWO'],
  ]);
});

describe('an axis', () => {
  it.each<[what: string, Sources, string[]]>([
    ['that nothing reads', {}, warned],
    ['that only its children name in their FROM', { runtime: '# {{ from }}' }, warned],
    ['of an argument that is spelled in another way', { runtime: 'ARG PYTHON_VERSIONS' }, warned],
    [
      'that only a stage declares which is not built',
      { runtime: 'FROM scratch\n', base: 'ARG PYTHON_VERSION\nFROM scratch' },
      warned,
    ],
    ['that one Dockerfile declares', { runtime: 'ARG PYTHON_VERSION' }, []],
    ['of one value', { args: '{ PYTHON_VERSION: ["3.12"] }' }, warned],
    ['that a child declares by ONBUILD', { base: 'ONBUILD ARG PYTHON_VERSION' }, []],
    ['that a template writes', { base: 'RUN {{ args.PYTHON_VERSION }}' }, []],
    ['that a template writes below image', { base: 'RUN {{ image.args["PYTHON_VERSION"] }}' }, []],
    ['that a condition reads', { base: '{% if args.PYTHON_VERSION == "3.12" %}RUN x{% endif %}' }, []],
    ['that a loop over all arguments reads', { base: '{% for a in args %}RUN {{ a[0] }}\n{% endfor %}' }, []],
    ['by whose name something is copied', { base: 'COPY {{ name }}.conf /' }, []],
    ['whose tag is a label in the template', { base: 'LABEL tag={{ tags | first }}' }, []],
    [
      'that only a tag reads',
      { more: 'release_types: { runtime: { tags: ["{{ add_to_tags }}-{{ args.PYTHON_VERSION }}"] } }' },
      warned,
    ],
    [
      'that only a floating tag reads',
      { more: 'release_types: { runtime: { floating_tags: ["{{ add_to_tags }}-{{ args.PYTHON_VERSION }}"] } }' },
      warned,
    ],
    [
      'that `base_image` reads',
      { more: 'package_spec: { app: { base_image: "python:{{ args.PYTHON_VERSION }}" } }' },
      [],
    ],
    ['that a label reads', { more: 'package_spec: { app: { labels: { python: "{{ args.PYTHON_VERSION }}" } } }' }, []],
  ])('%s', (_, sources, expected) => {
    expect(found({ args: axis, ...sources })).toEqual(expected);
  });

  it('of one package that only another reads is reported for the one', () => {
    const { diagnostics } = read({
      args: axis,
      packages: '{ app: { runtime: [debian] }, lib: { devel: [debian] } }',
      runtime: 'ARG PYTHON_VERSION',
    });
    expect(diagnostics).toMatchObject([
      {
        code: 'unused-argument',
        message: expect.stringContaining('No Dockerfile of `lib` declares'),
        hint: 'switch it off there: package_spec: { lib: { args: { PYTHON_VERSION: } } }',
      },
    ]);
  });

  it('that two packages do not use is reported once', () => {
    const { diagnostics } = read({ args: axis, packages: '{ app: { runtime: [debian] }, lib: { devel: [debian] } }' });
    expect(diagnostics).toMatchObject([{ message: expect.stringContaining('of `app`, `lib` declares') }]);
  });
});

describe('a value', () => {
  it.each<[what: string, Sources, string[]]>([
    ['that nothing reads', {}, warned],
    [
      'that one of two packages reads',
      { packages: '{ app: { runtime: [debian] }, lib: { devel: [debian] } }', devel: 'ARG MIRROR' },
      [],
    ],
    [
      'of one package that only another reads',
      {
        args: '{}',
        packages: '{ app: { runtime: [debian] }, lib: { devel: [debian] } }',
        devel: 'ARG MIRROR',
        more: `package_spec: { app: { args: ${single} } }`,
      },
      ['warning unused-argument 8'],
    ],
    [
      'of one release that other releases read',
      { own: '{ MIRROR: y }', runtime: '{% if distro.version == "12" %}ARG MIRROR{% endif %}' },
      [],
    ],
    ['of one release that nothing reads', { args: '{}', own: single }, ['warning unused-argument 7']],
    ['that is there twice for nothing, which is said once', { own: '{ MIRROR: y }' }, warned],
    ['that is removed again', { own: '{ MIRROR: }', more: 'package_spec: { app: { args: { MIRROR: } } }' }, []],
    ['that a tag reads', { more: 'release_types: { runtime: { tags: ["{{ add_to_tags }}-{{ args.MIRROR }}"] } }' }, []],
    ['that a label reads', { more: 'package_spec: { app: { labels: { mirror: "{{ args.MIRROR }}" } } }' }, []],
    ['by the name of an image', { base: 'RUN {{ name }}' }, warned],
    ['of a proxy', { args: '{ HTTP_PROXY: "http://proxy", https_proxy: "http://proxy" }' }, []],
    ['that BuildKit reads by itself', { args: '{ SOURCE_DATE_EPOCH: "0", BUILDKIT_INLINE_CACHE: "1" }' }, []],
    ['that the Dockerfile has to declare, as BuildKit sets it', { args: '{ TARGETARCH: arm64 }' }, warned],
    ['called like a method of every object', { args: '{ constructor: x }' }, warned],
  ])('%s', (_, sources, expected) => {
    expect(found({ args: single, ...sources })).toEqual(expected);
  });
});

it('is not reported if an error hides what reads it', () => {
  expect(found({ args: single, runtime: '{{ nope }}' })).toEqual(['error template-error 2']);
});
