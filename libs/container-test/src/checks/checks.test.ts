import { readSuite } from '../read/read-suite.ts';
import { expandVariables } from '../expand-variables.ts';
import { formatMode } from '../file-mode.ts';
import { readPattern } from '../pattern.ts';
import { checkCommand } from './check-command.ts';
import { checkExistence, type FoundFile } from './check-existence.ts';
import { checkMetadata, type ImageConfiguration } from './check-metadata.ts';

function suiteOf(text: string) {
  return readSuite(`schemaVersion: 2.0.0\n${text}\n`, 'a.yaml').suite!;
}

describe('a command', () => {
  const result = { exitCode: 0, stdout: 'version 1.2\n', stderr: 'note\n' };
  it.each<[keys: string, failures: string[]]>([
    ['expectedOutput: ["1\\\\.2"], excludedOutput: [x], expectedError: [note], excludedError: [fatal]', []],
    ['expectedOutput: ["2\\\\.0"]', ['expected /2\\.0/ in standard output, found "version 1.2\\n"']],
    ['excludedOutput: [version]', ['did not expect /version/ in standard output, found "version 1.2\\n"']],
    ['expectedError: [warning]', ['expected /warning/ in standard error, found "note\\n"']],
    ['excludedError: [note]', ['did not expect /note/ in standard error, found "note\\n"']],
    ['exitCode: 3', ['expected exit code 3 of ["c","d"], found 0; standard error: "note\\n"']],
  ])('with {%s}', (keys, failures) => {
    const [test] = suiteOf(`commandTests: [{ name: a, command: c, args: [d], ${keys} }]`).commands;
    expect(checkCommand(test!, result)).toEqual(failures);
  });

  it('that fails is told what its setup said', () => {
    const [test] = suiteOf('commandTests: [{ name: a, command: c, exitCode: 1 }]').commands;
    const setup = [{ command: ['pip', 'install'], exitCode: 2, stderr: 'no network' }];
    expect(checkCommand(test!, result, setup)).toContain(
      'the setup command ["pip","install"] ended with 2; standard error: "no network"',
    );
    expect(checkCommand({ ...test!, exitCode: 0 }, result, setup)).toEqual([]);
  });
});

describe('a file', () => {
  const found: FoundFile = { kind: 'file', mode: 0o640, uid: 12, gid: 34 };
  it.each<[keys: string, found: FoundFile | undefined, failures: string[]]>([
    ['permissions: "-rw-r-----", uid: 12, gid: 34', found, []],
    ['shouldExist: false', undefined, []],
    ['shouldExist: true', undefined, ['expected /f, found nothing there']],
    ['shouldExist: false', found, ['expected no /f, found it: -rw-r-----']],
    ['permissions: "-rwxr-xr-x"', found, ['expected permissions -rwxr-xr-x of /f, found -rw-r-----']],
    ['uid: 0', found, ['expected user ID 0 of /f, found 12']],
    ['gid: 0', found, ['expected group ID 0 of /f, found 34']],
    ['isExecutableBy: owner', found, ['expected /f to be executable by owner, found -rw-r-----']],
    ['isExecutableBy: other', { ...found, mode: 0o751 }, []],
    ['isExecutableBy: group', { ...found, mode: 0o705 }, ['expected /f to be executable by group, found -rwx---r-x']],
  ])('with {%s}', (keys, file, failures) => {
    const [test] = suiteOf(`fileExistenceTests: [{ name: a, path: /f, ${keys} }]`).existence;
    expect(checkExistence(test!, file)).toEqual(failures);
  });

  it.each([
    ['file', 0o644, '-rw-r--r--'],
    ['folder', 0o1777, 'dtrwxrwxrwx'],
    ['file', 0o4755, 'urwxr-xr-x'],
    ['file', 0o2755, 'grwxr-xr-x'],
    ['link', 0o777, 'Lrwxrwxrwx'],
    ['character', 0o666, 'Dcrw-rw-rw-'],
    ['block', 0o660, 'Drw-rw----'],
    ['fifo', 0o600, 'prw-------'],
  ] as const)('%s with the mode %o is written %s', (kind, mode, text) => {
    expect(formatMode(kind, mode)).toBe(text);
  });
});

describe('metadata', () => {
  const found: ImageConfiguration = {
    environment: new Map([
      ['A', 'one'],
      ['EMPTY', ''],
    ]),
    labels: new Map([['team', 'web']]),
    exposedPorts: ['8080/tcp', '53/udp'],
    volumes: ['/data'],
    entrypoint: ['/server'],
    cmd: ['--port', '80'],
    workdir: '/app',
    user: 'luke',
  };
  it.each<[keys: string, failures: string[]]>([
    ['envVars: [{key: A, value: one}, {key: EMPTY, value: ""}, {key: A, value: "o.e", isRegex: true}]', []],
    ['envVars: [{key: A, value: two}]', ['expected the environment variable A to be "two", found "one"']],
    ['envVars: [{key: B, value: x}]', ['expected the environment variable B to be "x", found no such one']],
    ['envVars: [{key: A, value: "^t", isRegex: true}]', ['expected /^t/ in the environment variable A, found "one"']],
    ['unboundEnvVars: [{key: A}, {key: B}]', ['expected no environment variable A, found "one"']],
    ['labels: [{key: team, value: ops}]', ['expected the label team to be "ops", found "web"']],
    ['labels: [{key: no, value: ops}]', ['expected the label no to be "ops", found no such one']],
    ['exposedPorts: [8080, 8080/tcp, 53], unexposedPorts: [80]', []],
    ['exposedPorts: [80]', ['expected the port 80, found 8080/tcp, 53/udp']],
    ['unexposedPorts: [8080]', ['expected no port 8080, found 8080/tcp, 53/udp']],
    ['volumes: [/data, /x]', ['expected the volume /x, found /data']],
    ['unmountedVolumes: [/data]', ['expected no volume /data, found /data']],
    ['entrypoint: []', ['expected the entry point [], found ["/server"]']],
    ['cmd: [--port]', ['expected the command ["--port"], found ["--port","80"]']],
    ['workdir: /', ['expected the working folder "/", found "/app"']],
    ['user: root', ['expected the user "root", found "luke"']],
  ])('with {%s}', (keys, failures) => {
    expect(checkMetadata(suiteOf(`metadataTest: { ${keys} }`).metadata!, found)).toEqual(failures);
  });
});

describe('an expression', () => {
  it.each([
    ['(?s)a.b', 'a\nb', true],
    ['a.b', 'a\nb', false],
    ['^b$', 'a\nb\nc', false],
    ['(?m)^b$', 'a\nb\nc', true],
    ['b$', 'a b\n', false],
    ['b\\z', 'a b', true],
    ['[[:digit:]]+', 'x1', true],
    ['\\pL', '1é', true],
  ])('%s is searched in %j as Go does it', (source, text, expected) => {
    const pattern = readPattern(source);
    expect(typeof pattern !== 'string' && pattern.isIn(text)).toBe(expected);
  });

  it.each(['(a+)+$', '(a|a)*b', '(.*)*x', 'a{1000}b'])('%s takes linear time', (source) => {
    const pattern = readPattern(source);
    const start = performance.now();
    expect(typeof pattern !== 'string' && pattern.isIn('a'.repeat(200_000))).toBe(source === '(a+)+$');
    expect(performance.now() - start).toBeLessThan(5_000);
  });

  it.each(['(?!x)', '(', '\\1', 'a{1001}', 'x'.repeat(10_001)])('%s cannot be used', (source) => {
    expect(typeof readPattern(source)).toBe('string');
  });
});

it.each([
  ['$HOME/bin', '/root/bin'],
  ['${HOME}x', '/rootx'],
  ['for i in 1; do echo $i; done', 'for i in 1; do echo $i; done'],
  ['$$ $1 ${HOME:-x} cost: 5$', '$$ $1 ${HOME:-x} cost: 5$'],
])('the variables in %j are filled in', (text, expected) => {
  expect(expandVariables(text, new Map([['HOME', '/root']]))).toBe(expected);
});
