import { formatDiagnostics } from '@nx-image-matrix/diagnostics';
import { diagnose, imagesOf, minimal, summary } from '../test/minimal.ts';
import { findPushedStaging, parseManifest, type FileReader } from './index.ts';

function stagingOf(section: string, reader?: FileReader) {
  const { manifest, diagnostics } = parseManifest(minimal + section, 'manifest.yml', reader);
  expect(diagnostics).toEqual([]);
  return manifest!.staging;
}

function problemsOf(section: string): string[] {
  return diagnose(minimal + section).map(({ code, message, hint }) => [code, message, hint ?? ''].join(' | '));
}

describe('staging', () => {
  it('is read with its login, and where it is', () => {
    const text =
      'staging:\n  repository: ghcr.io/acme/staging\n  user: STAGING_USERNAME\n  pwd: STAGING_PASSWORD\n  only_if: STAGING_PASSWORD\n';
    expect(stagingOf(text)).toEqual({
      repository: 'ghcr.io/acme/staging',
      user: 'STAGING_USERNAME',
      password: 'STAGING_PASSWORD',
      onlyIf: 'STAGING_PASSWORD',
      keep: 30,
      at: { line: 11, column: 1 },
    });
  });

  it.each([
    ['acme/staging', 'docker.io/acme/staging'],
    ['index.docker.io/acme/staging', 'docker.io/acme/staging'],
    ['localhost:5000/staging', 'localhost:5000/staging'],
    ['us.gcr.io/project/a/b', 'us.gcr.io/project/a/b'],
  ])('at %s is the repository %s', (text, repository) => {
    expect(stagingOf(`staging: {repository: "${text}"}`)).toMatchObject({ repository });
  });

  it.each([
    ['is not there', ''],
    ['has nothing after it', 'staging:\n'],
    ['is null', 'staging: ~\n'],
  ])('is off if it %s', (_, section) => {
    expect(stagingOf(section)).toBeUndefined();
  });

  it.each([
    ['nothing but the repository', 'staging: {repository: r.io/s}'],
    ['variables that are switched off', 'staging: {repository: r.io/s, user: , pwd: , only_if: }'],
    ['keys of its own', 'staging: {repository: r.io/s, x-note: hello}'],
    ['a merged login', 'x-login: &login {user: , pwd: }\nstaging: {<<: *login, repository: r.io/s}'],
  ])('may have %s', (_, section) => {
    expect(stagingOf(section)).toMatchObject({ repository: 'r.io/s', user: undefined, password: undefined });
  });

  it('may take the login of an entry of `repository`', () => {
    const section = `x-login: &login {user: U, pwd: P}
repository: {r: {<<: *login, registry: {app: r.io/x}}}
staging: {<<: *login, repository: r.io/s}
`;
    expect(stagingOf(section)).toMatchObject({ user: 'U', password: 'P' });
  });

  it('may be in one of several files, or in two', () => {
    const files = new Map([['s.yml', 'staging: {user: U, pwd: P, repository: r.io/s}\n']]);
    const reader: FileReader = {
      kindOf: (path) => (files.has(path) ? 'file' : 'nothing'),
      find: () => [],
      read: (path) => ({ text: files.get(path) ?? '' }),
    };
    const found = { repository: 'r.io/s', user: 'U', at: { file: 's.yml', line: 1, column: 1 } };
    expect(stagingOf('include: s.yml\n', reader)).toMatchObject(found);
    expect(stagingOf('include: s.yml\nstaging: {only_if: P}\n', reader)).toMatchObject({ user: 'U', onlyIf: 'P' });
    const twice = parseManifest(`${minimal}include: s.yml\nstaging: {repository: r.io/t}\n`, 'manifest.yml', reader);
    expect(twice.diagnostics).toMatchObject([{ code: 'duplicate-key', file: 's.yml', line: 1, column: 28 }]);
  });

  it('changes nothing about images', () => {
    const without = `${minimal}repository: {r: {registry: {app: r.io/x}}}\n`;
    const section = 'staging: {repository: r.io/s, user: U, pwd: P}\n';
    expect(imagesOf(without + section)).toEqual(imagesOf(without));
    expect(JSON.stringify(imagesOf(without + section))).not.toContain('r.io/s');
  });

  const both = 'name the variables of both `user` and `pwd`, or of neither to use the login of the engine';
  const path = 'host, `/` and path in lower case, as in `ghcr.io/acme/staging`';

  it.each([
    ['no repository', '{user: U, pwd: P}', ['missing-key | `repository` is missing in `staging` | ']],
    ['nothing in it', '{}', ['missing-key | `repository` is missing in `staging` | ']],
    ['a repository of nothing', '{repository: }', ['wrong-type | `repository` must be a string, found nothing | ']],
    ['an empty repository', '{repository: ""}', [expect.stringMatching(/^bad-reference \| an empty text/)]],
    ['a list', '[r.io/s]', ['wrong-type | `staging` must be a map, found a list | ']],
    ['a text', 'r.io/s', ['wrong-type | `staging` must be a map, found `r.io/s` | ']],
    ['a number', '{repository: 5}', [expect.stringMatching(/^wrong-type \| `repository` must be a string/)]],
    ['a list of repositories', '{repository: [r.io/s]}', [expect.stringMatching(/^wrong-type/)]],
    [
      'a misspelt key',
      '{repositry: r.io/s}',
      ['unknown-key | unknown key `repositry` in `staging` | did you mean `repository`?'],
    ],
    [
      'a key of `repository`',
      '{repository: r.io/s, registry: {app: r.io/x}}',
      [expect.stringMatching(/^unknown-key \| unknown key `registry` in `staging`/)],
    ],
    [
      'a prototype key',
      '{repository: r.io/s, __proto__: a}',
      [expect.stringMatching(/^unknown-key \| unknown key `__proto__`/)],
    ],
    ['a tag', '{repository: "r.io/s:1"}', [expect.stringMatching(/is not a repository \| leave out the tag/)]],
    [
      'a digest',
      `{repository: "r.io/s@sha256:${'0'.repeat(64)}"}`,
      [expect.stringMatching(/is not a repository \| leave out the tag/)],
    ],
    ['a scheme', '{repository: "https://r.io/s"}', [expect.stringMatching(/\| leave out the scheme/)]],
    ['upper case', '{repository: r.io/S}', [expect.stringMatching(/write it in lower case: `r.io\/s`/)]],
    ['Liquid', '{repository: "r.io/{{ package }}"}', [expect.stringMatching(/^bad-reference/)]],
    [
      'no path',
      '{repository: ghcr.io}',
      [`bad-reference | \`ghcr.io\` has no \`/\`: it is a registry or a path, not both | ${path}`],
    ],
    [
      'a port and no path',
      '{repository: "localhost:5000"}',
      [expect.stringMatching(/^bad-reference \| `localhost:5000` has no/)],
    ],
    ['no registry', '{repository: staging}', [expect.stringMatching(/^bad-reference \| `staging` has no/)]],
    [
      'a user alone',
      '{repository: r.io/s, user: U}',
      [`missing-key | \`pwd\` is missing in \`staging\`: a login needs both | ${both}`],
    ],
    [
      'a password alone',
      '{repository: r.io/s, user: , pwd: P}',
      [`missing-key | \`user\` is missing in \`staging\`: a login needs both | ${both}`],
    ],
    ['a user in a list', '{repository: r.io/s, user: [U], pwd: P}', [expect.stringMatching(/^wrong-type/)]],
  ])('is refused with %s', (_, section, problems) => {
    expect(problemsOf(`staging: ${section}\n`)).toEqual(problems);
  });

  it('names what is pushed to its repository', () => {
    const section =
      'staging: {repository: acme/x}\nrepository: {r: {registry: {constructor: r.io/y, app: docker.io/acme/x}}}\n';
    const found = diagnose(minimal.replace('  app:', '  constructor: {runtime: [debian]}\n  app:') + section);
    expect(found).toMatchObject([
      {
        code: 'bad-staging',
        message: '`acme/x` is also where images of `app` are pushed',
        hint: expect.stringMatching(/^name another repository/),
      },
    ]);
  });

  it('may be in the registry that images are pushed to, and beside a package that is not pushed', () => {
    const section = 'staging: {repository: r.io/acme/s}\nrepository: {r: {registry: {app: }}}\n';
    expect(stagingOf(section)).toMatchObject({ repository: 'r.io/acme/s' });
    expect(stagingOf(section.replace('app: ', 'app: r.io/acme/x'))).toMatchObject({ repository: 'r.io/acme/s' });
  });

  it('is needed at the top: in a release it is an unknown key', () => {
    expect(summary(diagnose(`${minimal}      staging: {repository: r.io/s}\n`))).toEqual(['unknown-key 11:7']);
  });

  it.each([
    'staging: {repository: "https://me:hunter2@r.io/s"}',
    'staging: {repository: r.io/s, user: U, pwd: "hunter2!"}',
    'staging: {repository: r.io/s, user: U, pwd: [hunter2]}',
    'staging: {repository: r.io/s, user: {a: hunter2}, pwd: P}',
    'staging:\n  repository: r.io/s\n  user: U\n  pwd: >-\n    hunter2\n    hunter2\n',
    'staging: {repository: r.io/s, password: hunter2}',
    'staging: "https://me:hunter2@r.io/s"',
    'staging: ["https://me:hunter2@r.io/s"]',
    'staging: {repository: ["https://me:hunter2@r.io/s"]}',
    'staging: {repository: "me:hunter2@r.io"}',
    'include: {a: "https://me:hunter2@r.io/s"}',
    'exclude: "https://me:hunter2@r.io/s"',
    'repository: "https://me:hunter2@r.io/s"',
    'repository: {r: "https://me:hunter2@r.io/s"}',
  ])('shows no password of %s', (section) => {
    const text = `${minimal}${section}\n`;
    const shown = formatDiagnostics(diagnose(text), () => text);
    expect(shown).toMatch(/^manifest.yml:\d+:\d+ {2}error/);
    expect(shown).not.toContain('hunter2');
  });
});

describe('findPushedStaging', () => {
  const at = { line: 3, column: 1 };
  const images = [{ name: 'app-debian12-runtime', repositories: ['index.docker.io/acme/x'], push: true }];
  const staging = { repository: 'docker.io/acme/x', at };

  it('names the image of another manifest that is pushed to a staging repository', () => {
    expect(
      findPushedStaging([
        { file: 'a.yml', staging },
        { file: 'b.yml', images },
      ]),
    ).toMatchObject([
      {
        file: 'a.yml',
        ...at,
        code: 'bad-staging',
        severity: 'error',
        message: '`docker.io/acme/x` is also where `app-debian12-runtime` of b.yml is pushed',
      },
    ]);
  });

  it.each([
    [
      'another repository',
      [
        { file: 'a.yml', staging: { repository: 'docker.io/acme/y', at } },
        { file: 'b.yml', images },
      ],
    ],
    [
      'images that are not pushed',
      [
        { file: 'a.yml', staging },
        { file: 'b.yml', images: images.map((image) => ({ ...image, push: false })) },
      ],
    ],
    ['its own images', [{ file: 'a.yml', staging, images }]],
    [
      'the same staging',
      [
        { file: 'a.yml', staging },
        { file: 'b.yml', staging },
      ],
    ],
    ['a manifest with errors', [{ file: 'a.yml', staging }, { file: 'b.yml' }]],
  ])('finds nothing wrong with %s', (_, manifests) => {
    expect(findPushedStaging(manifests)).toEqual([]);
  });
});
