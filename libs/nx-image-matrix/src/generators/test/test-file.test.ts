import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readSuite } from '@nx-image-matrix/container-test';
import { expandImages, parseManifest, type Image } from '@nx-image-matrix/manifest';
import { FileRenderer } from '@nx-image-matrix/templates';
import { checkRendered } from './check-rendered.ts';
import { commonFacts } from './common-facts.ts';
import type { ImageFacts } from './read-facts.ts';
import { testFile } from './test-file.ts';

const manifest = `version: 1.4.0
packages: { app: { runtime: [debian] } }
releases:
  debian:
    12: { templates_dir: t, base_image: a, args: { PYTHON_VERSION: "3.11", NODE: "20.1", ALIKE: "20.1" } }
    13: { templates_dir: t, base_image: b, args: { PYTHON_VERSION: "3.13", NODE: "20.1", ALIKE: "20.1" } }
`;
const all = expandImages(parseManifest(manifest, 'manifest.yml').manifest!, {}).images;
const [twelve, thirteen] = all.filter(({ variables }) => variables.release_type === 'runtime') as [Image, Image];

interface Given {
  user?: string;
  environment?: Record<string, string>;
  labels?: Record<string, string>;
  entrypoint?: string[];
  ports?: string[];
  startFile?: string;
  userName?: string;
  versions?: Record<string, { before: string; version: string }>;
}

function factsOf(image: Image, given: Given): ImageFacts {
  const { user = '', environment = {}, labels = {}, entrypoint = [], ports = [], versions = {}, ...files } = given;
  return {
    image,
    configuration: {
      environment: new Map(Object.entries(environment)),
      labels: new Map(Object.entries(labels)),
      exposedPorts: ports,
      volumes: [],
      entrypoint,
      cmd: [],
      workdir: '',
      user,
    },
    ...files,
    versions: new Map(Object.entries(versions)),
  };
}

/** The text of a test file for two images. */
const written = (one: Given, other: Given = one): string | undefined =>
  testFile(commonFacts([factsOf(twelve, one), factsOf(thirteen, other)]));

/** The tests in a file as they are read for an image. */
function suiteOf(text: string | undefined, image: Image) {
  const renderer = new FileRenderer('/w', () => Buffer.from(text ?? ''));
  const { text: rendered = '', diagnostics } = renderer.render('tests/x.yaml', image);
  const { suite, diagnostics: found } = readSuite(rendered, 'tests/x.yaml');
  expect([...diagnostics, ...found]).toEqual([]);
  return suite!;
}

it('keeps what all images have, and leaves out what differs', () => {
  const common = { user: 'app', ports: ['8080/tcp', '53/udp'], environment: { LANG: 'C' } };
  const text = written(
    { ...common, environment: { LANG: 'C', A: '1' } },
    { ...common, ports: ['53/udp', '8080/tcp', '81/tcp'], environment: { LANG: 'C', A: '2', B: '3' } },
  );
  expect(suiteOf(text, twelve).metadata).toMatchObject({
    user: 'app',
    exposedPorts: ['53/udp', '8080'],
    environment: [{ key: 'LANG', value: 'C' }],
  });
  expect(written({ user: 'app' }, { user: 'other' })).toBeUndefined();
});

it('writes a variable where it is the only one that has the value in every image', () => {
  const versions = (version: string) => ({ python3: { before: 'Python ', version } });
  const text = written(
    { environment: { ON: 'debian12', PY: '3.11' }, versions: versions('3.11.2') },
    { environment: { ON: 'debian13', PY: '3.13' }, versions: versions('3.13.5') },
  );
  expect(text).toContain('{ key: "ON", value: "{{ distro.id }}" }');
  expect(text).toContain(String.raw`expectedOutput: ['Python {{ args.PYTHON_VERSION }}\b']`);
  for (const [image, version] of [
    [twelve, '3.11'],
    [thirteen, '3.13'],
  ] as const) {
    const { commands } = suiteOf(text, image);
    const [pattern] = commands[0]!.output.expected;
    expect(pattern!.source).toBe(String.raw`Python ${version}\b`);
  }
});

it('does not guess between variables, and takes no name for one that all images share', () => {
  const text = written({
    user: 'app',
    versions: { node: { before: 'v', version: '20.1.4' } },
    labels: { name: 'debian' },
  });
  expect(text).not.toContain('{{');
  expect(text).toContain(String.raw`expectedOutput: ['v20\.1\b']`);
  const differing = written(
    { versions: { node: { before: 'v', version: '20.1' } } },
    { versions: { node: { before: 'v', version: '22.1' } } },
  );
  expect(differing).toContain(String.raw`expectedOutput: ['v\d']`);
});

it('has no secret, by name or by value', () => {
  const environment = {
    DB_PASSWORD: 'x',
    URL: 'https://me:hunter2222@example.org',
    OTHER: 'ghp_9aZk3QpLw82VbnXr71TeUy5Sd0MfHc4Ji6Go',
    MODE: 'production',
  };
  const text = written({ environment });
  expect(suiteOf(text, twelve).metadata!.environment).toEqual([{ key: 'MODE', value: 'production' }]);
  expect(text).not.toMatch(/PASSWORD|hunter|ghp_/);
});

describe('text of an image', () => {
  const hostile = [
    '{{ version }}',
    '{% if true %}x{% endif %}',
    '{{{{%%}}}}',
    '{% endraw %}',
    `it's: "a" # b`,
    '- [x, y]',
    '\\n \\" \\',
    '${HOME} $(x)',
    '<<: *a',
    '{{ "{" }}',
    '(?i)[a-z]+*{2}|^$.',
  ];

  it.each(hostile)('is text: %s', (value) => {
    const text = written({
      user: value,
      entrypoint: [value],
      environment: { [value]: value },
      labels: { [value]: value },
      startFile: value,
      versions: { python3: { before: value, version: '3.1' } },
    });
    const { metadata, commands } = suiteOf(text, twelve);
    expect(metadata).toMatchObject({
      user: value,
      entrypoint: [value],
      environment: [{ key: value, value }],
      labels: [{ key: value, value }],
    });
    expect(commands[0]!.output.expected[0]!.isIn(`${value}3.1.7`)).toBe(true);
  });

  it.each(['a\nb', '\u001b[2J', '\u202e', '\u2028', '\ud800', 'x'.repeat(501)])('is left out: %j', (value) => {
    const text = written({
      user: 'app',
      environment: { A: value, [value]: 'a' },
      entrypoint: [value],
      startFile: value,
    });
    expect(text).toContain('metadataTest:\n  user: "app"\n');
    expect(text!.split('\n').filter(Boolean)).toHaveLength(5);
  });
});

it('is refused if it would be wrong for an image that is not built', () => {
  const root = mkdtempSync(join(tmpdir(), 'check-rendered-'));
  const text =
    'schemaVersion: 2.0.0\nmetadataTest: { user: a }\n{% if distro.version == "13" %}nonsense: 1\n{% endif %}';
  try {
    expect(() => checkRendered(root, 'tests/x.yaml', text, [twelve])).not.toThrow();
    expect(() => checkRendered(root, 'tests/x.yaml', text, [twelve, thirteen])).toThrow(
      /would have errors for app-debian13-runtime; nothing was written[\s\S]*unknown key `nonsense`/,
    );
  } finally {
    rmSync(root, { recursive: true });
  }
});
