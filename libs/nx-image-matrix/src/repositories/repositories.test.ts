import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RepositoryEntry } from '@nx-image-matrix/manifest';
import { passwordVariables } from './passwords.ts';
import { chooseRepositories, readLogins, readRepositoryEntries } from './repositories.ts';

const hub: RepositoryEntry = {
  name: 'docker.io',
  onlyIf: 'HUB_PASSWORD',
  user: 'HUB_USERNAME',
  password: 'HUB_PASSWORD',
  registry: { app: 'docker.io/acme/app' },
};
const local: RepositoryEntry = { name: 'local', registry: { app: 'localhost:5000/acme/app' } };
const both = ['docker.io/acme/app', 'localhost:5000/acme/app'];

const imageFor = (repositories: string[], releaseType = 'runtime') => ({ package: 'app', releaseType, repositories });

describe('chooseRepositories', () => {
  it('finds the entry of a release type before that of its package', () => {
    const entry: RepositoryEntry = {
      name: 'local',
      registry: { app: 'localhost:5000/acme/app', 'app/desktop': 'localhost:5000/acme/desktop' },
    };
    const desktop = ['localhost:5000/acme/desktop'];
    expect(chooseRepositories(imageFor(desktop, 'desktop'), [entry], {}).active).toEqual([{ repository: desktop[0] }]);
    expect(chooseRepositories(imageFor(desktop), [entry], {}).problems).toHaveLength(1);
    expect(chooseRepositories(imageFor(both.slice(1), 'desktop'), [entry], {}).problems).toHaveLength(1);
  });

  it('selects a repository whose only_if variable is set, with its login', () => {
    const environment = { HUB_USERNAME: 'someone', HUB_PASSWORD: 'secret' };
    expect(chooseRepositories(imageFor(both), [hub, local], environment)).toEqual({
      active: [
        { repository: 'docker.io/acme/app', login: { user: 'someone', password: 'secret' } },
        { repository: 'localhost:5000/acme/app' },
      ],
      skipped: [],
      problems: [],
    });
  });

  it.each(['constructor', '__proto__', 'toString'])('skips it if its variable %s is not set', (onlyIf) => {
    const entry = { ...hub, onlyIf, user: onlyIf };
    expect(chooseRepositories(imageFor(both.slice(0, 1)), [entry], process.env)).toMatchObject({
      active: [],
      skipped: [{ reason: `${onlyIf} is not set` }],
    });
  });

  it.each([{}, { HUB_PASSWORD: '' }])(
    'leaves it out, and says so, when the variable is not set or empty',
    (environment) => {
      const { active, skipped } = chooseRepositories(imageFor(both), [hub, local], environment);
      expect(active.map(({ repository }) => repository)).toEqual(['localhost:5000/acme/app']);
      expect(skipped).toEqual([{ repository: 'docker.io/acme/app', reason: 'HUB_PASSWORD is not set' }]);
    },
  );

  it.each([
    ['secret\n', 'secret'],
    ['secret\r\n', 'secret'],
    ['secret\n\n', 'secret\n'],
    [' secret ', ' secret '],
  ])('removes one newline from the end of the password %j, as docker does', (value, password) => {
    const environment = { HUB_USERNAME: 'someone\n', HUB_PASSWORD: value };
    const [active] = chooseRepositories(imageFor(both.slice(0, 1)), [hub], environment).active;
    expect(active?.login).toEqual({ user: 'someone', password });
  });

  it('treats a password that is only a newline as not set', () => {
    const always = { ...hub, onlyIf: undefined };
    const environment = { HUB_USERNAME: 'someone', HUB_PASSWORD: '\n' };
    expect(chooseRepositories(imageFor(both.slice(0, 1)), [always], environment).problems).toEqual([
      'docker.io/acme/app: the environment variable HUB_PASSWORD is not set',
    ]);
  });

  it('names every variable of a login that is not set', () => {
    const always = { ...hub, onlyIf: undefined };
    expect(chooseRepositories(imageFor(both.slice(0, 1)), [always], {}).problems).toEqual([
      'docker.io/acme/app: the environment variable HUB_USERNAME and HUB_PASSWORD are not set',
    ]);
  });

  it('requires a user if there is only a password', () => {
    const half = { ...local, password: 'TOKEN' };
    expect(chooseRepositories(imageFor(both.slice(1)), [half], { TOKEN: 'x' }).problems[0]).toContain(
      'only one of "user" and "pwd"',
    );
  });

  it('finds a repository that the manifest no longer has', () => {
    expect(chooseRepositories(imageFor(both), [local], {}).problems[0]).toContain('run docker-generate again');
  });
});

describe('readRepositoryEntries', () => {
  const manifest = `repository: { local: { registry: { app: "localhost:5000/acme/app" } } }
packages: { app: { runtime: [debian] } }
releases: { debian: { 12: { templates_dir: templates, base_image: "debian:12" } } }
`;
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'repositories-'));
    mkdirSync(join(folder, 'workspace'));
    writeFileSync(join(folder, 'manifest.yml'), manifest);
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const read = () => readRepositoryEntries(join(folder, 'workspace'), 'manifest.yml');

  it('reads those of a manifest', () => {
    writeFileSync(join(folder, 'workspace/manifest.yml'), manifest);
    expect(read()).toEqual([local]);
  });

  it('has logins of `repository` and of `staging`, whose passwords are passwords of registries', () => {
    const staging = 'staging: { repository: r.io/s, only_if: S, user: STAGING_USER, pwd: STAGING_PASSWORD }\n';
    const hubLogin = 'repository: { hub: { user: U, pwd: P, sign: { key: KEY }, registry: { app: r.io/app } } }\n';
    writeFileSync(join(folder, 'workspace/manifest.yml'), manifest.replace(/^repository.*\n/, hubLogin) + staging);
    const root = join(folder, 'workspace');
    expect(readLogins(root, 'manifest.yml')).toMatchObject([
      { user: 'U', password: 'P' },
      { onlyIf: 'S', user: 'STAGING_USER', password: 'STAGING_PASSWORD' },
    ]);
    expect(read()).toHaveLength(1);
    const passwords = passwordVariables(root, ['manifest.yml']);
    expect([...passwords]).toEqual([
      ['KEY', 'a key for signatures (`sign` in manifest.yml)'],
      ['COSIGN_PASSWORD', 'the password of a key (`sign` in manifest.yml)'],
      ['P', 'a password of a registry (`pwd` in manifest.yml)'],
      ['STAGING_PASSWORD', 'a password of a registry (`pwd` in manifest.yml)'],
    ]);
  });

  it('reads no manifest that a link leads to outside of the workspace', () => {
    symlinkSync('../manifest.yml', join(folder, 'workspace/manifest.yml'));
    expect(read).toThrow('leads out of the workspace');
  });

  it('reports why a manifest cannot be read', () => {
    expect(read).toThrow('manifest.yml cannot be read');
    writeFileSync(join(folder, 'workspace/manifest.yml'), '\uFEFF' + manifest, 'utf16le');
    expect(read).toThrow('UTF-16');
  });
});
