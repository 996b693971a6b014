import { diagnose, minimal } from '../../manifest/test/minimal.ts';
import type { Diagnostic } from './diagnostic.ts';
import { CodedError } from './coded-error.ts';
import { formatDiagnostics, formatError, formatProblem } from './format.ts';

const problem: Diagnostic = {
  file: 'a.yml',
  line: 3,
  column: 5,
  code: 'bad-tag',
  severity: 'error',
  message: 'no tag',
  hint: 'write one',
};

function show(text: string): string {
  return formatDiagnostics(diagnose(text), () => text);
}

describe('formatDiagnostics', () => {
  it('shows place, severity, code, message, the lines around it and a hint', () => {
    expect(formatDiagnostics([problem], () => 'one\ntwo\nthe third\nfour\nfive\n').split('\n')).toEqual([
      'a.yml:3:5  error  bad-tag  no tag',
      '  1 | one',
      '  2 | two',
      '> 3 | the third',
      '    |     ^',
      '  4 | four',
      'hint: write one',
    ]);
  });

  it('omits the lines of a source that is missing or has become shorter', () => {
    const expected = 'a.yml:3:5  error  bad-tag  no tag\nhint: write one';
    expect(formatDiagnostics([problem], () => undefined)).toBe(expected);
    expect(formatDiagnostics([problem], () => 'one')).toBe(expected);
  });

  it('sorts by file, line and column, and shows the same problem once', () => {
    const places = [
      ['b.yml', 1, 1],
      ['a.yml', 10, 1],
      ['a.yml', 9, 2],
      ['a.yml', 9, 1],
      ['a.yml', 9, 1],
    ] as const;
    const diagnostics = places.map(([file, line, column]) => Object.assign({}, problem, { file, line, column }));
    expect(
      formatDiagnostics(diagnostics, () => undefined)
        .split('\n\n')
        .map((text) => text.split(' ')[0]),
    ).toEqual(['a.yml:9:1', 'a.yml:9:2', 'a.yml:10:1', 'b.yml:1:1']);
  });

  it('shortens long lines around the place', () => {
    const text = formatDiagnostics(
      [{ ...problem, line: 1, column: 5000 }],
      () => `${'x'.repeat(4999)}HERE${'x'.repeat(100_000)}`,
    );
    expect(text.length).toBeLessThan(600);
    expect(text).toContain('HERE');
  });

  it('prints no control characters from a manifest', () => {
    const text = formatDiagnostics([{ ...problem, message: 'a\u001b[31mb' }], () => '\n\n\u001b]0;title\u0007\u202e\n');
    // oxlint-disable-next-line no-control-regex
    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u202e]/);
  });

  it('is coloured when asked for', () => {
    expect(formatDiagnostics([problem], () => undefined, { color: true })).toContain('\u001b[31merror');
  });
});

describe('formatError', () => {
  const error = new CodedError('push-failed', 'x:1 was not pushed: EOF', { hint: 'try again', output: 'one\n\ntwo' });

  it('has the format of a diagnostic, with the last lines of the failed command below', () => {
    expect(formatError(error, 'app').split('\n')).toEqual([
      'app  error  push-failed  x:1 was not pushed: EOF',
      'hint: try again',
      '  | one',
      '',
      '  | two',
    ]);
    expect(formatError(error)).toMatch(/^error {2}push-failed {2}x:1/);
  });

  it('prints the first line of a message, and the others below', () => {
    expect(formatError(new CodedError('command-failed', 'not tagged: no\nsuch image'))).toBe(
      'error  command-failed  not tagged: no\n  | such image',
    );
  });

  it('includes the place of the error', () => {
    const placed = new CodedError('secret-in-image', 'it holds a secret', { place: 'Dockerfile:3:1' });
    expect(formatError(placed)).toBe('Dockerfile:3:1  error  secret-in-image  it holds a secret');
  });

  it('prints no control characters from a message', () => {
    expect(formatProblem({ ...problem, message: 'a\u001b[31mb', hint: 'c\u0007' })).toBe(
      'error  bad-tag  a\ufffd[31mb\nhint: c\ufffd',
    );
  });
});

describe('a credential', () => {
  const secret = 'hunter2';

  it.each([
    ['pasted as password', `repository: {r: {pwd: "${secret}!", registry: {}}}\n`],
    [
      'pasted over several lines',
      `repository:\n  r:\n    pwd: >-\n      ${secret}!\n      ${secret}\n    registry: {}\n`,
    ],
    ['pasted below its key', `repository:\n  r:\n    pwd:\n      ${secret}!\n    registry: {}\n`],
    ['pasted as a list', `repository:\n  r:\n    pwd:\n    - ${secret}\n    registry: {}\n`],
    ['behind an alias', `x-p: &p ${secret}!\nrepository: {r: {pwd: *p, registry: {}}}\n`],
    ['below an unknown key', `repository: {r: {password: ${secret}, registry: {}}}\n`],
    ['as build argument', `release_spec: {args: {PIP_TOKEN: ${secret}}}\n`],
    ['as build argument in a block', `release_spec:\n  args:\n    PIP_TOKEN: |\n      ${secret}\n`],
    ['as build argument with broken Liquid', `release_spec: {args: {PIP_TOKEN: "{{ ${secret} }}"}}\n`],
    ['as a list of build arguments', `release_spec:\n  args:\n    PIP_TOKEN:\n      - ${secret} x\n`],
    ['as environment variable', `release_spec: {envars: [DB_PASSWORD=${secret}]}\n`],
    ['as half an environment variable', `release_spec: {envars: ["DB_PASSWORD ${secret}"]}\n`],
    ['as a map for an environment variable', `release_spec: {envars: [{DB_PASSWORD: ${secret}}]}\n`],
    ['in the address of a registry', `repository: {r: {registry: {app: "https://me:${secret}@docker.io/x/y"}}}\n`],
    ['in an address beside another mistake', `release_spec: {header: "https://me:${secret}@x.io", colour: red}\n`],
    ['as the user of an address', `release_spec: ["https://${secret}@x.io"]\n`],
    ['beside another mistake', `release_spec:\n  args:\n    PIP_TOKEN: ${secret}\n  colour: red\n`],
    ['behind a number', `repository: {r: {user: "1${secret}", registry: {}}}\n`],
  ])('never shows %s', (_, text) => {
    const shown = show(text + minimal);
    expect(shown).toMatch(/^manifest.yml:\d+:\d+ {2}error/);
    expect(shown).not.toContain(secret);
  });

  it('is masked, but its name is not', () => {
    expect(show(`release_spec:\n  args:\n    PIP_TOKEN: ${secret}\n${minimal}`)).toContain(
      '> 3 |     PIP_TOKEN: ******\n',
    );
  });

  it('is not assumed where a variable is named', () => {
    const text = `repository:\n  r:\n    user: HUB_USER\n    pwd: HUB_PASSWORD\n    colour: red\n    registry: {}\n${minimal}`;
    expect(show(text)).toContain('pwd: HUB_PASSWORD');
  });
});
