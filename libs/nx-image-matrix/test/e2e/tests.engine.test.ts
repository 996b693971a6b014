import { spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { docker, registry, registryDigest, removeImages, uniquePrefix } from '../support/engine.ts';
import { Workspace } from '../support/workspace.ts';

const server =
  'my $s=IO::Socket::INET->new(LocalPort=>8080,Listen=>5,ReuseAddr=>1) or die; ' +
  'while(my $c=$s->accept){<$c>; print $c \\"HTTP/1.0 $ENV{CODE} X\\\\r\\\\n\\\\r\\\\n$ENV{TEXT}\\\\n\\"; close $c}';

/** The image that is right for every test, and the same made wrong for each. */
const dockerfile = `FROM {{ from }}
{% assign right = release_type | compare: "runtime" %}{% if release_type == 'runtime' %}
ENV GREETING=hello CODE=200 TEXT=well
LABEL team=web
EXPOSE 8080
VOLUME /data
WORKDIR /srv
RUN echo "line one" > /file && chmod 750 /file && chown 12:34 /file && ln -s file /link && echo sound
USER nobody
CMD ["perl", "-MIO::Socket::INET", "-e", "${server}"]
{% else %}
ENV GREETING=bye SPARE=1 CODE=500 TEXT=ill
LABEL team=ops
EXPOSE 80
VOLUME /spare
WORKDIR /tmp
RUN echo "line two" > /file && chmod 640 /file && ln -s /nothing /link && touch /spare-file
USER games
ENTRYPOINT ["perl"]
CMD ["-MIO::Socket::INET", "-e", "${server}"]
{% endif %}
`.replace('{% assign right = release_type | compare: "runtime" %}', '');

/** Each kind of check: what fails on the wrong image, and how. */
const checks: [kind: string, test: string, failure: string][] = [
  [
    'commandTests',
    'command: sh, args: [-c, "echo $GREETING"], expectedOutput: [\'^hello\\n$\']',
    'expected /^hello\\n$/ in standard output, found "bye\\n"',
  ],
  [
    'commandTests',
    'command: sh, args: [-c, "echo $GREETING"], excludedOutput: [bye]',
    'did not expect /bye/ in standard output, found "bye\\n"',
  ],
  [
    'commandTests',
    'command: sh, args: [-c, "echo $GREETING >&2"], expectedError: [hello]',
    'expected /hello/ in standard error, found "bye\\n"',
  ],
  [
    'commandTests',
    'command: sh, args: [-c, "echo $GREETING >&2"], excludedError: [bye]',
    'did not expect /bye/ in standard error, found "bye\\n"',
  ],
  ['commandTests', 'command: test, args: [-d, /data]', 'expected exit code 0 of ["test","-d","/data"], found 1'],
  [
    'commandTests',
    'command: test, args: [-e, /spare-file], exitCode: 1',
    'expected exit code 1 of ["test","-e","/spare-file"], found 0',
  ],
  [
    'commandTests',
    'setup: [[sh, -c, "echo $GREETING > /tmp/x"], [sh, -c, "echo again >> /tmp/x"]], teardown: [[rm, /tmp/x]], command: cat, args: [/tmp/x], expectedOutput: [\'^hello\\nagain\']',
    'expected /^hello\\nagain/ in standard output, found "bye',
  ],
  [
    'commandTests',
    'envVars: [{ key: BOTH, value: "$GREETING you" }], command: printenv, args: [BOTH], expectedOutput: [hello you]',
    'expected /hello you/ in standard output, found "bye you\\n"',
  ],
  [
    'commandTests',
    'command: id, args: [-un], expectedOutput: [nobody]',
    'expected /nobody/ in standard output, found "games\\n"',
  ],
  ['fileExistenceTests', 'path: /data', 'expected /data, found nothing there'],
  ['fileExistenceTests', 'path: /spare-file, shouldExist: false', 'expected no /spare-file, found it: -rw-r--r--'],
  [
    'fileExistenceTests',
    'path: /file, permissions: "-rwxr-x---"',
    'expected permissions -rwxr-x--- of /file, found -rw-r-----',
  ],
  ['fileExistenceTests', 'path: /file, uid: 12', 'expected user ID 12 of /file, found 0'],
  ['fileExistenceTests', 'path: /file, gid: 34', 'expected group ID 34 of /file, found 0'],
  [
    'fileExistenceTests',
    'path: /file, isExecutableBy: owner',
    'expected /file to be executable by owner, found -rw-r-----',
  ],
  [
    'fileContentTests',
    "path: /link, expectedContents: ['^line one\\n$']",
    'expected the file /link, found nothing there',
  ],
  ['fileContentTests', 'path: /file, expectedContents: [one]', 'expected /one/ in /file, found "line two\\n"'],
  ['fileContentTests', 'path: /file, excludedContents: [two]', 'did not expect /two/ in /file, found "line two\\n"'],
  [
    'metadataTest',
    'env: [{ key: GREETING, value: hello }]',
    'expected the environment variable GREETING to be "hello", found "bye"',
  ],
  [
    'metadataTest',
    'envVars: [{ key: GREETING, value: "^h", isRegex: true }]',
    'expected /^h/ in the environment variable GREETING, found "bye"',
  ],
  ['metadataTest', 'unboundEnvVars: [{ key: SPARE }]', 'expected no environment variable SPARE, found "1"'],
  ['metadataTest', 'labels: [{ key: team, value: web }]', 'expected the label team to be "web", found "ops"'],
  ['metadataTest', 'exposedPorts: ["8080"]', 'expected the port 8080, found 80/tcp'],
  ['metadataTest', 'unexposedPorts: ["80"]', 'expected no port 80, found 80/tcp'],
  ['metadataTest', 'volumes: [/data]', 'expected the volume /data, found /spare'],
  ['metadataTest', 'unmountedVolumes: [/spare]', 'expected no volume /spare, found /spare'],
  ['metadataTest', 'entrypoint: []', 'expected the entry point [], found ["perl"]'],
  ['metadataTest', 'workdir: /srv', 'expected the working folder "/srv", found "/tmp"'],
  ['metadataTest', 'user: nobody', 'expected the user "nobody", found "games"'],
  [
    'serviceTests',
    'port: 8080, path: /, body: well, within: 5',
    'expected status 200 of GET / on port 8080 within 5 s, with /well/ in its body, found the status 500 with the body "ill\\n"',
  ],
];

/** One file for each kind; metadata is one test of a file, so it gets a file for each check. */
function testFiles(): Record<string, string> {
  const files: Record<string, string> = {};
  const lists = new Map<string, string[]>();
  for (const [index, [kind, test]] of checks.entries()) {
    if (kind === 'metadataTest')
      files[`tests/metadata-${index}.yaml`] = `schemaVersion: 2.0.0\nmetadataTest: { ${test} }\n`;
    else lists.set(kind, [...(lists.get(kind) ?? []), `  - { name: check ${index}, ${test} }`]);
  }
  for (const [kind, tests] of lists) {
    files[`tests/${kind}.yaml`] = `schemaVersion: 2.0.0\n${kind}:\n${tests.join('\n')}\n`;
  }
  return files;
}

function matrix(tests: Record<string, string>, more = ''): string {
  const lists = Object.entries(tests).map(([type, list]) => `  ${type}: { tests: [${list}] }`);
  return `version: 1.0.0
${more}release_spec: { templates_dir: templates, base_image: "debian:bookworm-slim" }
release_types:
${lists.join('\n')}
packages: { app: { runtime: [debian], devel: [debian] } }
releases: { debian: { 12: } }
`;
}

const templates = (text: string): Record<string, string> => ({
  'templates/base.Dockerfile.liquid': 'FROM {{ from }}\n',
  'templates/runtime.Dockerfile.liquid': text,
  'templates/devel.Dockerfile.liquid': text,
});

const containers = (): string[] =>
  docker('ps', '--all', '--quiet', '--filter', 'label=io.github.nx-image-matrix.test').split('\n').filter(Boolean);

describe('each kind of check', () => {
  const prefix = uniquePrefix();
  const files = testFiles();
  let workspace: Workspace;
  let output = '';

  beforeAll(() => {
    const all = Object.keys(files).join(', ');
    workspace = new Workspace({
      files: { 'manifest.yml': matrix({ runtime: all, devel: all }), ...templates(dockerfile), ...files },
      plugin: { prefix },
    });
    ({ output } = workspace.nx('run-many -t docker-test'));
  });
  afterAll(() => {
    removeImages(prefix);
    workspace.dispose();
  });

  it('passes on the right image', () => {
    expect(output).toMatch(new RegExp(`${prefix}app:1.0.0-runtime passed \\d+ tests`));
    const xml = workspace.read('dist/docker/app/debian12/runtime/test.xml');
    expect(xml).toContain('failures="0"');
    expect(xml.match(/<testcase /g)!.length).toBe(checks.length);
  });

  it.each(checks)('%s {%s} says what it found on a wrong one', (_, __, failure) => {
    expect(output).toContain(failure);
  });

  it('leaves nothing behind, and prints a table', () => {
    expect(containers()).toEqual([]);
    expect(output).toMatch(/app-debian12-devel +\S+ +failed +\d+ +30 +0/);
    expect(workspace.readJson('dist/docker/app/debian12/devel/test.json')).toMatchObject({ failed: true });
  });
});

describe('a bad container', () => {
  const prefix = uniquePrefix();
  let workspace: Workspace;

  beforeAll(() => {
    workspace = new Workspace({
      files: {
        'manifest.yml': matrix({ runtime: 'tests/bad.yaml', devel: 'tests/hang.yaml' }),
        ...templates('FROM {{ from }}\nRUN head -c 20000000 /dev/zero > /large && ln -s /loop /loop\n'),
        'tests/bad.yaml': `schemaVersion: 2.0.0
commandTests:
  - { name: hangs, command: sh, args: [-c, "trap '' TERM INT; while :; do sleep 1; done"] }
  - { name: forks, command: sh, args: [-c, "b() { b | b & }; b; sleep 100"] }
  - { name: writes, command: head, args: [-c, "1000000000", /dev/zero] }
  - { name: missing, command: nothing-of-that-name }
fileContentTests:
  - { name: large, path: /large, expectedContents: [x] }
  - { name: loop, path: /loop, expectedContents: [x] }
serviceTests:
  - { name: ends, command: sh, args: [-c, "echo good-bye; exit 4"], port: 80, within: 3 }
  - { name: silent, command: sleep, args: ["100"], port: 80, within: 1 }
`,
        'tests/hang.yaml': 'schemaVersion: 2.0.0\ncommandTests: [{ name: waits, command: sleep, args: ["100"] }]\n',
      },
      plugin: { prefix, testTimeout: 3 },
    });
    workspace.nxOk('run-many -t docker-build');
  });
  afterAll(() => {
    removeImages(prefix);
    workspace.dispose();
  });

  it('is stopped, removed, and told what was wrong with it', () => {
    const { status, output } = workspace.nx(`run ${prefix}app-debian12-runtime:docker-test`);
    expect(status).not.toBe(0);
    expect(output.match(/it was stopped, since it took longer than 3 s/g)).toHaveLength(2);
    expect(output).toContain('it was stopped, since it wrote more than 10 MB');
    expect(output).toContain('but it did not start:');
    expect(output).toContain('/large has 20000000 bytes; at most 10000000 are read');
    expect(output).toMatch(/\/loop (was not read|is a link that leads in a circle)/);
    expect(output).toContain('but it ended with exit code 4; standard output: "good-bye\\n"');
    expect(output).toContain('expected port 80 to answer within 1 s, found nothing that listens there');
    expect(containers()).toEqual([]);
  });

  it('that something else kills or removes is told apart from one that fails', async () => {
    workspace.edit(
      'tests/hang.yaml',
      'args: ["100"] }',
      'args: ["100"] }, { name: gone, command: sleep, args: ["101"] }',
    );
    const run = workspace.nxBeside(`run ${prefix}app-debian12-devel:docker-test`);
    for (const command of [['kill'], ['rm', '--force']]) {
      const [id] = await running();
      docker(...command, id!);
      while (containers().includes(id!)) await sleep(50);
    }
    const { output } = await run;
    // A container that is removed by force is killed first, and docker may report either.
    const said =
      /it was killed by something outside of it \(exit code 137\)|its container is gone: something else has removed it/g;
    expect(output).toContain('it was killed by something outside of it');
    expect(output.match(said)).toHaveLength(2);
  });

  it('is removed by the next run if the first was killed', async () => {
    workspace.write({
      'tests/hang.yaml':
        'schemaVersion: 2.0.0\ncommandTests: [{ name: waits, setup: [["true"]], command: sleep, args: ["60"] }]\n',
    });
    const { command, args, options } = workspace.nxCommand(`run ${prefix}app-debian12-devel:docker-test`);
    const child = spawn(command, args, { ...options, detached: true, stdio: 'ignore' });
    const [left] = await running();
    process.kill(-child.pid!, 'SIGKILL');
    await sleep(500);
    expect(containers()).toContain(left!);
    workspace.write({ 'tests/hang.yaml': 'schemaVersion: 2.0.0\ncommandTests: [{ name: ok, command: "true" }]\n' });
    workspace.nxOk(`run ${prefix}app-debian12-devel:docker-test`);
    expect(containers()).toEqual([]);
    expect(docker('images', '--quiet', '--filter', 'label=io.github.nx-image-matrix.test')).toBe('');
  });

  async function running(): Promise<string[]> {
    for (let tries = 0; tries < 600; tries += 1) {
      const ids = docker('ps', '--quiet', '--filter', 'label=io.github.nx-image-matrix.test')
        .split('\n')
        .filter(Boolean);
      if (ids.length > 0) return ids;
      await sleep(50);
    }
    throw new Error('no container was started');
  }
});

describe('an image without a shell', () => {
  const prefix = uniquePrefix();
  const workspace = new Workspace({
    files: {
      'manifest.yml': `version: 1.0.0
release_spec: { templates_dir: templates, base_image: scratch, tests: [tests/base.yaml] }
packages: { app: { runtime: [debian] } }
releases: { debian: { 12: } }
`,
      'templates/base.Dockerfile.liquid': 'FROM {{ from }}\nCOPY a /etc/a\n',
      'templates/runtime.Dockerfile.liquid': 'FROM {{ from }}\nLABEL a=b\n',
      a: 'content\n',
      'tests/base.yaml': `schemaVersion: 2.0.0
fileExistenceTests: [{ name: a, path: /etc/a, permissions: "-rw-r--r--" }, { name: b, path: /etc/b, shouldExist: false }]
fileContentTests: [{ name: a, path: etc/a, expectedContents: [content] }]
metadataTest: { user: "" }
`,
    },
    plugin: { prefix },
  });
  afterAll(() => {
    removeImages(prefix);
    workspace.dispose();
  });

  it('has its files and metadata tested', () => {
    expect(workspace.nxOk('run-many -t docker-test').match(/passed 4 tests/g)).toHaveLength(2);
  });
});

describe('a pass', () => {
  const prefix = uniquePrefix();
  const repository = `nx-image-matrix-test/${prefix}app`;
  const staging = `nx-image-matrix-test/${prefix}staging`;
  const test = (command: string): string =>
    `schemaVersion: 2.0.0\ncommandTests: [{ name: "{{ release_type }}", command: "${command}" }]\n`;
  const project = `${prefix}app-debian12-runtime`;
  let workspace: Workspace;

  beforeAll(() => {
    const sections = `repository: { local: { registry: { app: "${registry}/${repository}" } } }\nstaging: { repository: "${registry}/${staging}" }\n`;
    workspace = new Workspace({
      files: {
        'manifest.yml': matrix({ runtime: 'tests/runtime.yaml', devel: 'tests/devel.yaml' }, sections),
        ...templates('FROM {{ from }}\nENV TYPE={{ release_type }}\n'),
        'tests/runtime.yaml': test('true'),
        'tests/devel.yaml': test('true'),
      },
      plugin: { prefix },
    });
    workspace.nxOk('run-many -t docker-test');
  });
  afterAll(() => {
    removeImages(prefix);
    workspace.dispose();
  });

  const tested = (): Record<string, string> => {
    workspace.nxOk('run images:docker-matrix --json=dist/rows.json');
    const rows = workspace.readJson<{ releaseType: string; tested: string }[]>('dist/rows.json');
    return Object.fromEntries(rows.map((row) => [row.releaseType, row.tested]));
  };

  it('is not repeated, unless it is asked for', () => {
    expect(workspace.nxOk(`run ${project}:docker-test`)).toContain('has passed these tests');
    expect(workspace.nxOk(`run ${project}:docker-test --force`)).toContain('passed 1 tests');
  });

  it('holds on a machine that has neither the image nor its record', () => {
    const [before] = workspace.read('dist/docker/app/debian12/runtime/test.xml').match(/<testcase .*>/)!;
    workspace.remove('dist');
    removeImages(prefix);
    expect(tested()).toEqual({
      base: 'none wanted',
      runtime: 'passed',
      devel: 'passed',
    });
    const output = workspace.nxOk('run-many -t docker-test', { IMAGE_LOAD: 'false' });
    expect(output.match(/has passed these tests/g)).toHaveLength(2);
    expect(output).not.toContain('pulling');
    expect(workspace.read('dist/docker/app/debian12/runtime/test.xml')).toContain(before);
  });

  it('is of its test file: an edit tests that image again, after pulling it, and builds nothing', () => {
    workspace.commit('tested');
    workspace.write({ 'tests/runtime.yaml': `${test('true')}# edited\n` });
    expect(workspace.affected('docker-test')).toEqual([project]);
    expect(workspace.affected('docker-build')).toEqual([]);
    expect(tested()).toMatchObject({ runtime: 'not yet', devel: 'passed' });
    const output = workspace.nxOk('run-many -t docker-test', { IMAGE_LOAD: 'false' });
    expect(output).toContain(`pulling ${prefix}app:1.0.0-runtime from staging`);
    expect(output).toContain('passed 1 tests');
    expect(output).toContain(`${prefix}app:devel has passed these tests`);
    expect(output).not.toContain('building');
  });

  it('is needed for a push, and only a failing test holds one back', async () => {
    workspace.write({ 'tests/runtime.yaml': test('false') });
    const { status, output } = workspace.nx('run-many -t docker-push');
    expect(status).not.toBe(0);
    expect(output).toContain('expected exit code 0 of ["false"], found 1');
    expect(await registryDigest(repository, 'devel')).toMatch(/^sha256:/);
    expect(await registryDigest(repository, '1.0.0-runtime')).toBeUndefined();
    const alone = workspace.nx(`run ${project}:docker-push --exclude-task-dependencies`);
    expect(alone.output).toContain('is not pushed: it has not passed its tests');
    expect(tested()).toMatchObject({ runtime: 'failed', devel: 'passed' });
    workspace.write({ 'tests/runtime.yaml': test('true') });
    workspace.nxOk('run-many -t docker-push');
    expect(await registryDigest(repository, '1.0.0-runtime')).toMatch(/^sha256:/);
  });

  it('is not of a file with errors, which are shown at their place', () => {
    workspace.write({ 'tests/runtime.yaml': `schemaVersion: 2.0.0\n{% if true %}\ncommandTest:\n{% endif %}\n` });
    const { status, output } = workspace.nx(`run ${project}:docker-test`);
    expect(status).not.toBe(0);
    expect(output).toContain('tests/runtime.yaml:3:1  error  unknown-key  unknown key `commandTest`');
    expect(output).toContain('> 3 | commandTest:');
    expect(tested()).toMatchObject({ runtime: 'unknown', devel: 'passed' });
  });
});

describe('nx g nx-image-matrix:test', () => {
  const prefix = uniquePrefix();
  const generate = 'g nx-image-matrix:test --releaseType=runtime --no-interactive';
  const template = `FROM {{ from }}
ARG PYTHON_VERSION
ENV DISTRO={{ distro.id }} ONLY_{{ distro.version }}=1 DB_PASSWORD=hidden {% raw %}TEXT="{{ version }} {% x %} it's: # a"{% endraw %}
RUN echo 'web:x:1000:1000::/srv:/bin/sh' >> /etc/passwd && printf '#!/bin/sh\\necho Python %s.7\\n' "$PYTHON_VERSION" > /usr/bin/python3 && chmod 755 /usr/bin/python3
LABEL team=web
EXPOSE 8080
WORKDIR /srv
USER web
ENTRYPOINT ["python3"]
`;
  let workspace: Workspace;

  beforeAll(() => {
    workspace = new Workspace({
      files: {
        'manifest.yml': `version: 1.0.0
release_spec: { templates_dir: templates, base_image: "debian:bookworm-slim" }
release_types: { runtime: { from: base } } # kept
packages: { app: { runtime: [debian] } }
releases:
  debian:
    12: { args: { PYTHON_VERSION: "3.11" }, add_to_tags: twelve }
    13: { args: { PYTHON_VERSION: "3.13" }, add_to_tags: thirteen, base_image: "debian:trixie-slim" }
`,
        'templates/base.Dockerfile.liquid': 'FROM {{ from }}\n',
        'templates/runtime.Dockerfile.liquid': template,
      },
      plugin: { prefix },
    });
  });
  afterAll(() => {
    removeImages(prefix);
    workspace.dispose();
  });

  it('asks for a build first, and for a release type that exists', () => {
    const { status, output } = workspace.nx(generate);
    expect(status).toBe(1);
    expect(output).toContain(
      `nx run-many -t docker-build -p ${prefix}app-debian12-runtime,${prefix}app-debian13-runtime`,
    );
    expect(workspace.nx(generate.replace('=runtime', '=runtme')).output).toContain('Did you mean runtime?');
  });

  it('writes what the built images have in common, which passes at once', () => {
    workspace.nxOk('run-many -t docker-build');
    const output = workspace.nxOk(generate);
    expect(output).toContain('tests/runtime.yaml tests what is the same in 2 of 2 images of the release type runtime');
    expect(workspace.read('manifest.yml')).toContain('runtime: { from: base, tests: [tests/runtime.yaml] } } # kept\n');
    const text = workspace.read('tests/runtime.yaml');
    for (const line of [
      String.raw`expectedOutput: ['Python {{ args.PYTHON_VERSION }}\b']`,
      'path: "/usr/bin/python3"',
      "expectedContents: ['(?m)^web:']",
      'exposedPorts: ["8080"]',
      '{ key: "DISTRO", value: "{{ distro.id }}" }',
      '{ key: "team", value: "web" }',
    ]) {
      expect(text).toContain(line);
    }
    expect(text).not.toMatch(/ONLY_|PASSWORD|hidden/);
    workspace.nxOk('sync');
    const tested = workspace.nxOk('run-many -t docker-test');
    expect(tested.match(/runtime passed \d+ tests/g)).toHaveLength(2);
    expect(containers()).toEqual([]);
  });

  it('does not overwrite a file', () => {
    const before = workspace.read('manifest.yml');
    const { status, output } = workspace.nx(generate);
    expect(status).toBe(1);
    expect(output).toContain('tests/runtime.yaml exists. Edit it, or name another file with --file.');
    expect(workspace.read('manifest.yml')).toBe(before);
  });
});
