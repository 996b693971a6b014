import { dockerfileCases } from './families/dockerfiles.ts';
import { encodingCases } from './families/encodings.ts';
import { fileSystemCases } from './families/file-system.ts';
import { nameCases } from './families/names.ts';
import { templateCases } from './families/templates.ts';
import { yamlCases } from './families/yaml.ts';
import type { End } from './hostile-case.ts';
import { runCase, type Outcome } from './run-case.ts';

const families = {
  YAML: yamlCases,
  encodings: encodingCases,
  templates: templateCases,
  Dockerfiles: dockerfileCases,
  names: nameCases,
  'the file system': fileSystemCases,
};

const MEGABYTES = 512;
// CPU time, because wall-clock time includes whatever else runs on the machine. The promise is five, which is printed
// as the limit; a machine may be half as fast.
const SECONDS = 10;

const outcomes: Outcome[] = [];

afterAll(() => {
  const most = (of: (outcome: Outcome) => number): number => Math.max(...outcomes.map(of));
  const over = outcomes.filter(({ cpuSeconds }) => cpuSeconds >= 5).length;
  console.log(
    `hostile corpus: ${outcomes.length} cases, slowest ${Math.round(most(({ milliseconds }) => milliseconds))} ms ` +
      `(${most(({ cpuSeconds }) => cpuSeconds).toFixed(1)} s of CPU), largest ${most(({ megabytes }) => megabytes)} MB, ` +
      `${over} over 5 s of CPU`,
  );
});

describe.each(Object.entries(families))('hostile input: %s', (_, cases) => {
  it.concurrent.each(cases)('$what', async (hostile) => {
    const outcome = await runCase(hostile);
    outcomes.push(outcome);
    expect(endOf(outcome)).toMatch(expected(hostile.ends));
    expect(outcome.strays).toEqual([]);
    expect(outcome.megabytes).toBeLessThan(MEGABYTES);
    expect(outcome.cpuSeconds).toBeLessThan(SECONDS);
    expect(outcome.text.length).toBeLessThan(200_000);
    expect(outcome.text).not.toMatch(/^\s+at .*\.js:\d+:\d+\)?$/m);
  });
});

function endOf({ end, text, images }: Outcome): string {
  return end === 'success' ? `success: ${images} images` : `${end}: ${text}`;
}

function expected(ends: End): RegExp {
  if (ends === 'success') return /^success: [1-9]/;
  if ('fails' in ends) return new RegExp(`^failure: [^]*(?:${ends.fails.source})`, ends.fails.flags);
  return new RegExp(
    `^(?:diagnostics: )?\\S[^:]*:\\d+:\\d+  error  ${ends.code}  .*(?:${ends.says?.source ?? ''})`,
    'm',
  );
}
