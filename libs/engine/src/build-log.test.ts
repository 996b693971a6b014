import { BuildLog } from './build-log.ts';

const longRun = Array.from({ length: 60 }, (_, index) => `echo step ${index}; \\`);
const listing = (place: string, text: string[]) => [
  '------',
  ' > [base 2/2] RUN echo:',
  '------',
  place,
  '--------------------',
  ...text.map((line, index) => `${index + 2} | >>> ${line}`),
  '--------------------',
];
const said = (id: number, count: number, last: string) => [
  ...Array.from({ length: count }, (_, index) => `#${id} 0.${100 + index} step ${index}`),
  `#${id} 0.999 ${last}`,
];

function linesOf(lines: string[]): string[] {
  const log = new BuildLog();
  for (const line of lines) log.push(line);
  return log.lines;
}

describe('the end of a failed build', () => {
  it('is the last output of a long RUN, without its listing and without other steps', () => {
    const lines = linesOf([
      '#1 [internal] load build definition from Dockerfile',
      '#1 DONE 0.0s',
      '#5 [other 2/2] RUN sleep 5',
      '#5 0.100 still here',
      '#6 [base 2/2] RUN set -eux; \techo step 0; \tcat /no/such/file',
      ...said(6, 60, 'cat: /no/such/file: No such file'),
      '#5 CANCELED',
      `#6 ERROR: process "/bin/sh -c ${longRun.join('\\t')}" did not complete successfully: exit code: 1`,
      ...listing('Dockerfile:2', longRun),
      `ERROR: failed to solve: process "/bin/sh -c ${longRun.join('\\t')}" did not complete successfully: exit code: 1`,
    ]);
    expect(lines[0]).toBe('> [base 2/2] RUN set -eux; \techo step 0; \tcat /no/such/file');
    expect(lines.at(-3)).toBe('cat: /no/such/file: No such file');
    expect(lines.at(-2)).toBe('Dockerfile:2');
    expect(lines.at(-1)).toMatch(/^ERROR: failed to solve: .* … .*did not complete successfully: exit code: 1$/);
    expect(lines.join('\n')).not.toMatch(/>>>|still here/);
    expect(lines).toHaveLength(43);
  });

  it('includes each failed step', () => {
    const lines = linesOf([
      '#5 [a 2/2] RUN a',
      '#6 [b 2/2] RUN b',
      ...said(5, 40, 'a is broken'),
      ...said(6, 40, 'b is broken'),
      '#5 ERROR: process "a" did not complete successfully: exit code: 1',
      '#6 ERROR: process "b" did not complete successfully: exit code: 2',
      'ERROR: failed to solve: process "a" did not complete successfully: exit code: 1',
    ]);
    expect(lines).toEqual(expect.arrayContaining(['> [a 2/2] RUN a', 'a is broken', '> [b 2/2] RUN b', 'b is broken']));
  });

  it('is the error with its place if no step has output', () => {
    const failed = [
      '#5 [2/2] COPY nope /',
      '#5 ERROR: failed to calculate checksum of ref x: "/nope": not found',
      ...listing('Dockerfile:2', ['COPY nope /']),
      'ERROR: failed to solve: failed to compute cache key: "/nope": not found',
    ];
    expect(linesOf(failed)).toEqual(failed);
    const long = linesOf([...failed.slice(0, 2), ...listing('Dockerfile:2', longRun.slice(0, 20)), failed.at(-1)!]);
    expect(long.join('\n')).not.toContain('>>>');
    expect(long).toEqual(expect.arrayContaining(['Dockerfile:2', failed.at(-1)]));
  });

  it('is the last output if a build was stopped', () => {
    expect(linesOf(['#5 [2/2] RUN sleep 100', '#5 0.100 waiting']).at(-1)).toBe('#5 0.100 waiting');
  });

  it('is that of the current step of podman or buildah', () => {
    const text = longRun.join(' ');
    const lines = linesOf([
      '[1/2] STEP 1/2: FROM scratch',
      '[2/2] STEP 2/2: RUN true',
      'fine',
      `STEP 3/3: RUN ${text}`,
      ...Array.from({ length: 60 }, (_, index) => `step ${index}`),
      'cat: /no/such/file: No such file',
      `Error: building at STEP "RUN ${text}": while running runtime: exit status 1`,
    ]);
    expect(lines[0]).toMatch(/^STEP 3\/3: RUN echo step 0.* … /);
    expect(lines.at(-2)).toBe('cat: /no/such/file: No such file');
    expect(lines.at(-1)).toMatch(/^Error: building at STEP .* … .*while running runtime: exit status 1$/);
    expect(lines).not.toContain('fine');
  });
});
