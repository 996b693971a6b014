import { readDockerfile } from '@nx-image-matrix/dockerfile';
import {
  createContextFilter,
  matchWithParents,
  withFolders,
  type FolderState,
} from '../../src/build-context/filter.ts';
import { readRules } from '../../src/build-context/rules.ts';
import { readPattern } from '../../src/build-context/pattern.ts';
import { findExclusion, readOwnDockerignore, writeDockerignore } from '../../src/build-context/write-dockerignore.ts';
import { Random } from '../fuzz/random.ts';
import { randomContext } from './random-context.ts';

/** How each of the given files arrives in BuildKit. */
function arriving(files: readonly string[], dockerignore: string, sources: readonly string[]): Record<string, string> {
  const { rules } = readRules(dockerignore);
  const filter = createContextFilter(rules, sources.includes('') ? undefined : sources);
  const found: Record<string, string> = {};
  for (const file of files) {
    let state: FolderState | undefined;
    for (const path of withFolders(file)) {
      const verdict = filter.enter(path, state);
      state = verdict.state;
      if (path !== file && !filter.goesInto(path, verdict)) break;
      if (path === file && verdict.isIn) found[file] = matchWithParents(rules, file) ? 'empty' : 'whole';
    }
  }
  return found;
}

it('a generated ignore file gives, by the rules of BuildKit, what the own one gives, and never an empty file', () => {
  const differences: object[] = [];
  let compared = 0;
  for (let seed = 0; seed < Number(process.env['MODEL_CASES'] ?? 1_500); seed++) {
    const { files, dockerignore, dockerfile } = randomContext(new Random(seed));
    const { rules, bad } = readRules(dockerignore);
    if (bad.length > 0 || rules.length === 0) continue;
    const sources = readDockerfile(dockerfile).facts?.sources.map(({ path }) => path) ?? [];
    const generated = writeDockerignore(sources, readOwnDockerignore(dockerignore));
    const plain = arriving([...files.keys()], dockerignore, sources);
    const ours = arriving([...files.keys()], generated, sources);
    const wanted = Object.fromEntries(Object.entries(plain).filter(([, how]) => how === 'whole'));
    compared += 1;
    if (JSON.stringify(ours) !== JSON.stringify(wanted))
      differences.push({ seed, dockerignore, sources, generated, plain, ours });
  }
  expect(compared).toBeGreaterThan(500);
  expect({ compared, differences: differences.slice(0, 6), count: differences.length }).toEqual({
    compared,
    differences: [],
    count: 0,
  });
});

it('no file of a path that the rules are reported to exclude arrives', () => {
  const arrived: object[] = [];
  let excluded = 0;
  for (let seed = 0; seed < Number(process.env['MODEL_CASES'] ?? 1_500); seed++) {
    const { files, dockerignore, dockerfile } = randomContext(new Random(seed));
    if (readRules(dockerignore).bad.length > 0) continue;
    const sources = readDockerfile(dockerfile).facts?.sources.map(({ path }) => path) ?? [];
    const own = readOwnDockerignore(dockerignore);
    const found = Object.keys(arriving([...files.keys()], writeDockerignore(sources, own), sources));
    for (const source of sources.filter((path) => findExclusion(path, own.rules) !== undefined)) {
      excluded += 1;
      const pattern = readPattern(source);
      const below = found.filter((file) => pattern && withFolders(file).some((path) => pattern.matches(path)));
      if (below.length > 0) arrived.push({ seed, dockerignore, source, below });
    }
  }
  expect(excluded).toBeGreaterThan(100);
  expect(arrived).toEqual([]);
});
