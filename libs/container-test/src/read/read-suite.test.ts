import { readSuite } from './read-suite.ts';

const head = 'schemaVersion: 2.0.0\n';

/** Each diagnostic of a file on one line. */
function problemsOf(text: string, file = 'tests/a.yaml'): string[] {
  return readSuite(text, file).diagnostics.map(
    ({ line, column, severity, code, message, hint }) =>
      `${line}:${column} ${severity} ${code} ${message}${hint === undefined ? '' : ` (${hint})`}`,
  );
}

/** A file that must be read without problems. */
function suiteOf(text: string, file?: string) {
  expect(problemsOf(text, file)).toEqual([]);
  return readSuite(text, file ?? 'tests/a.yaml').suite!;
}

describe('a test file', () => {
  it('has every key of schema 2.0.0', () => {
    const suite = suiteOf(`schemaVersion: "2.0.0"
globalEnvVars:
  - key: VIRTUAL_ENV
    value: /env
commandTests:
  - name: all
    setup: [[pip, install, flask], [touch, /x]]
    teardown: [[rm, /x]]
    envVars: [{ key: A, value: 1, isRegex: false }]
    command: which
    args: [flask, 3.10]
    expectedOutput: ['^/env/bin/flask\\n$']
    excludedOutput: [error]
    expectedError: ['(?i)WARNING']
    excludedError: ['[[:alpha:]]+\\z']
    exitCode: 3
fileExistenceTests:
  - name: root
    path: /
    shouldExist: yes
    permissions: drwxr-xr-x
    uid: 0
    gid: 0
    isExecutableBy: any
fileContentTests:
  - name: sources
    path: /etc/apt/sources.list
    expectedContents: ['.*debian\\.org.*']
    excludedContents: ['.*gce.*']
metadataTest:
  envVars: [{ key: foo, value: 'ba[rz]', isRegex: true }, { key: empty, value: '' }]
  unboundEnvVars: [{ key: BAR }]
  labels: [{ key: vendor, value: ACME }]
  exposedPorts: [8080, "2345"]
  unexposedPorts: ["80"]
  volumes: [/test]
  unmountedVolumes: [/root]
  entrypoint: []
  cmd: [/bin/bash]
  workdir: /app
  user: luke
containerRunOptions:
  user: root
  privileged: true
  allocateTty: true
  envFile: path/.env
  envVars: [SECRET_FOO]
  capabilities: [NET_BIND_SERVICE]
  bindMounts: [/etc/dir:/etc/dir, ./here:/there:ro]
serviceTests:
  - { name: web, command: serve, args: [--port, 80], envVars: [{ key: B, value: b }], port: 80, path: /healthz, status: 204, body: ok, within: 1m }
  - { name: tcp, port: 5432 }
`);
    expect(suite).toMatchObject({
      environment: [{ key: 'VIRTUAL_ENV', value: '/env' }],
      commands: [
        {
          name: 'all',
          setup: [
            ['pip', 'install', 'flask'],
            ['touch', '/x'],
          ],
          teardown: [['rm', '/x']],
          environment: [{ key: 'A', value: '1' }],
          command: ['which', 'flask', '3.10'],
          exitCode: 3,
        },
      ],
      existence: [{ path: '/', shouldExist: true, permissions: 'drwxr-xr-x', uid: 0, gid: 0, executableBy: 'any' }],
      contents: [{ path: '/etc/apt/sources.list' }],
      metadata: {
        unbound: ['BAR'],
        labels: [{ key: 'vendor', value: 'ACME' }],
        exposedPorts: ['8080', '2345'],
        entrypoint: [],
        cmd: ['/bin/bash'],
        workdir: '/app',
        user: 'luke',
      },
      settings: {
        user: 'root',
        privileged: true,
        tty: true,
        envFile: 'path/.env',
        passed: ['SECRET_FOO'],
        capabilities: ['NET_BIND_SERVICE'],
        bindMounts: ['/etc/dir:/etc/dir', './here:/there:ro'],
      },
      services: [
        { command: 'serve', args: ['--port', '80'], port: 80, http: { path: '/healthz', status: 204 }, within: 60_000 },
        { name: 'tcp', port: 5432, within: 30_000 },
      ],
    });
  });

  it('may be JSON, with keys in any case as Go reads them', () => {
    const text = JSON.stringify({
      SchemaVersion: '2.0.0',
      fileexistencetests: [{ Name: 'a', Path: '/a', shouldexist: false }],
    });
    expect(suiteOf(text, 'tests/a.json').existence).toMatchObject([{ path: '/a', shouldExist: false }]);
  });

  it('may use `env` for the variables of the metadata, as older versions did', () => {
    const suite = suiteOf(`${head}metadataTest: { env: [{ key: A, value: b }] }\n`);
    expect(suite.metadata!.environment).toEqual([{ key: 'A', value: 'b' }]);
  });

  it('exists and exits with 0 by default', () => {
    const suite = suiteOf(
      `${head}fileExistenceTests: [{ name: a, path: /a }]\ncommandTests: [{ name: a, command: b }]\n`,
    );
    expect([suite.existence[0]!.shouldExist, suite.commands[0]!.exitCode]).toEqual([true, 0]);
  });

  it('says that licence tests do not run, and keeps the others', () => {
    const { suite, diagnostics } = readSuite(
      `${head}licenseTests: [{ debian: true, files: [/x] }]\nfileContentTests: [{ name: a, path: /a }]\n`,
      'a.yaml',
    );
    expect(diagnostics).toMatchObject([{ code: 'unsupported-test', severity: 'warning', line: 2, column: 1 }]);
    expect(suite).toMatchObject({ unsupported: ['licenseTests'], contents: [{ name: 'a' }] });
  });
});

describe('a bad test file', () => {
  it.each<[what: string, text: string, problem: string]>([
    ['nothing', '', '1:1 error wrong-type a test file must be a map, found nothing'],
    ['a list', '- a\n', '1:1 error wrong-type a test file must be a map, found a list'],
    ['no version', 'commandTests: [{name: a, command: b}]\n', '1:1 error missing-key `schemaVersion` is missing'],
    ['version 1', 'schemaVersion: 1.0.0\ncommandTests: [{name: a, command: b}]\n', '1:16 error bad-test the schema'],
    ['no tests', head, '1:1 error bad-test the file has no tests'],
    ['an unknown key', `${head}commandTest: []\n`, '2:1 error unknown-key unknown key `commandTest` (did you mean'],
    [
      'an unknown key of a test',
      `${head}commandTests:\n  - name: a\n    command: b\n    exit_code: 1\n`,
      '5:5 error unknown-key unknown key `exit_code` in `commandTests` (did you mean `exitCode`?)',
    ],
    [
      'a command as a list',
      `${head}commandTests: [{ name: a, command: [b, c] }]\n`,
      '2:36 error wrong-type `command` must be a text, found a list (its words belong in `args`)',
    ],
    [
      'no name',
      `${head}commandTests: [{ command: b }]\n`,
      '2:16 error missing-key `name` is missing in `commandTests`',
    ],
    ['no path', `${head}fileContentTests: [{ name: b }]\n`, '2:20 error missing-key `path` is missing'],
    [
      'setup that is no list of lists',
      `${head}commandTests: [{ name: a, command: b, setup: [c] }]\n`,
      '2:47 error wrong-type an entry of `setup` must be a list',
    ],
    [
      'an empty setup command',
      `${head}commandTests: [{ name: a, command: b, setup: [[]] }]\n`,
      '2:47 error bad-test a command of `setup` is empty',
    ],
    [
      'a look-ahead',
      `${head}fileContentTests: [{ name: a, path: /a, expectedContents: ["(?=x)"] }]\n`,
      "2:60 error bad-test `(?=x)` is not a regular expression: invalid or unsupported Perl syntax: '(?='",
    ],
    [
      'an expression that repeats too much',
      `${head}fileContentTests: [{ name: a, path: /a, expectedContents: ["((a{100}){100}){100}"] }]\n`,
      '2:60 error bad-test',
    ],
    [
      'permissions of another form',
      `${head}fileExistenceTests: [{ name: a, path: /a, permissions: 644 }]\n`,
      '2:56 error bad-test `644` are not permissions',
    ],
    [
      'nobody who executes',
      `${head}fileExistenceTests: [{ name: a, path: /a, isExecutableBy: me }]\n`,
      '2:59 error bad-test `me` cannot execute (write one of owner, group, other, any)',
    ],
    [
      'a user that is no number',
      `${head}fileExistenceTests: [{ name: a, path: /a, uid: root }]\n`,
      '2:48 error wrong-type `uid` must be a whole number, found `root`',
    ],
    [
      'a mount without a target',
      `${head}containerRunOptions: { bindMounts: [/a] }\ncommandTests: [{name: a, command: b}]\n`,
      '2:36 error bad-test `/a` is not a mount',
    ],
    ['a service without a port', `${head}serviceTests: [{ name: a }]\n`, '2:16 error missing-key `port` is missing'],
    [
      'a status without a path',
      `${head}serviceTests: [{ name: a, port: 1, status: 200 }]\n`,
      '2:44 error bad-test `status` needs a `path`',
    ],
    [
      'a port out of range',
      `${head}serviceTests: [{ name: a, port: 70000 }]\n`,
      '2:33 error bad-test `70000` is not a port',
    ],
    [
      'a wait without an end',
      `${head}serviceTests: [{ name: a, port: 1, within: 5h }]\n`,
      '2:44 error bad-test `5h` is not a time',
    ],
    ['a key twice', `${head}commandTests: [{name: a, command: b}]\ncommandTests: []\n`, '3:1 error duplicate-key'],
    ['broken YAML', `${head}commandTests: [\n`, '3:1 error yaml-syntax'],
    [
      '`__proto__`',
      `${head}__proto__: {}\ncommandTests: [{name: a, command: b}]\n`,
      '2:1 error unknown-key unknown key `__proto__`',
    ],
    [
      '`constructor` in a test',
      `${head}commandTests: [{name: a, command: b, constructor: c}]\n`,
      '2:38 error unknown-key unknown key `constructor`',
    ],
    [
      'two documents',
      `${head}---\na: b\n`,
      '2:1 error yaml-syntax a second YAML document begins here; a test file is one document',
    ],
  ])('with %s is reported at its place', (_, text, problem) => {
    const { suite } = readSuite(text, 'tests/a.yaml');
    expect(suite).toBeUndefined();
    const found = problemsOf(text);
    expect(found.find((one) => one.startsWith(problem.slice(0, 40))) ?? found).toContain(problem);
  });

  it('reports everything at once', () => {
    expect(problemsOf(`${head}commandTests: [{ name: a }, { command: b, x: 1 }]\nfileContentTests: {}\n`)).toHaveLength(
      4,
    );
  });
});

describe('files as other projects have them', () => {
  it.each<[what: string, text: string]>([
    [
      'a JDK: output on standard error, and the older key `env`',
      `schemaVersion: "2.0.0"

commandTests:
- name: 'version'
  command: 'java'
  args: ['-version']
  # it writes to stderr
  expectedError: ["openjdk version \\"17.*"]
fileExistenceTests:
- name: 'jdk'
  path: '/usr/lib/jvm/java-17'
  shouldExist: true
metadataTest:
  env:
    - key: 'JAVA_HOME'
      value: '/usr/lib/jvm/java-17'
`,
    ],
    [
      'a Node application: unquoted version, comments, no secrets',
      `schemaVersion: 2.0.0

## Commands
commandTests:
  - name: "node version"
    command: "node"
    args: ["--version"]
    expectedOutput: ["v22.*"]
  - name: "npm"
    command: "which"
    args: ["npm"]
    exitCode: 0
fileExistenceTests:
  - name: "application"
    path: "/app"
    shouldExist: true
    permissions: "drwxr-xr-x"
  - name: "no .env"
    path: "/app/.env"
    shouldExist: false
fileContentTests:
  - name: "package.json"
    path: "/app/package.json"
    expectedContents: ['"version": "1\\.0\\.0"']
metadataTest:
  exposedPorts: ["3000"]
  workdir: "/app"
  user: "node"
  labels:
    - key: "org.opencontainers.image.title"
      value: "My application"
`,
    ],
    [
      'a distroless server: metadata only, with an entry point of one word',
      `schemaVersion: "2.0.0"
metadataTest:
  user: "65532"
  entrypoint: ["/server"]
  cmd: []
  volumes: []
  exposedPorts: ["8080"]
`,
    ],
    [
      'an image of tools: a script in YAML blocks, and licences',
      `schemaVersion: '2.0.0'
globalEnvVars:
  - key: "PATH"
    value: "/env/bin:$PATH"
commandTests:
  - name: 'tools are there'
    command: 'bash'
    args:
      - -c
      - |
        whoami &&
        for tool in git make; do command -v $tool; done
    expectedOutput: ['root', '/usr/bin/git']
    excludedError: ['.*not found.*']
licenseTests:
- debian: false
  files: ["/usr/share/doc/dash/copyright"]
containerRunOptions:
  user: "root"
`,
    ],
    [
      'a database: variables from the environment, a volume, regular expressions for labels',
      `schemaVersion: 2.0.0
containerRunOptions:
  envVars: [POSTGRES_PASSWORD]
  bindMounts:
    - /tmp/test:/tmp/test
metadataTest:
  envVars:
    - key: PGDATA
      value: /var/lib/data
  labels:
    - key: 'build-date'
      value: '^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}\\.\\d{6}$'
      isRegex: true
  volumes: ["/var/lib/data"]
  unmountedVolumes: ['/root']
  unboundEnvVars:
  - key: 'BAR_FOO'
fileExistenceTests:
- name: 'root'
  path: '/'
  uid: 0
  gid: 0
  isExecutableBy: 'group'
`,
    ],
  ])('are read unchanged: %s', (_, text) => {
    const { suite, diagnostics } = readSuite(text, 'tests/a.yaml');
    expect(diagnostics.filter(({ code }) => code !== 'unsupported-test')).toEqual([]);
    expect(suite).toBeDefined();
  });
});
