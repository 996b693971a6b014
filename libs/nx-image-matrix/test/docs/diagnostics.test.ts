import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { diagnosticCodes } from '@nx-image-matrix/diagnostics';
import { repository } from '../support/installation.ts';
import { proseOf, readPage } from './pages.ts';

const page = proseOf(readPage('docs/diagnostics.md'));
const sources = readdirSync(join(repository, 'libs'))
  .flatMap((library) =>
    readdirSync(join(repository, 'libs', library, 'src'), { recursive: true, encoding: 'utf8' }).map(
      (path) => `libs/${library}/src/${path}`,
    ),
  )
  .filter((path) => path.endsWith('.ts') && !path.endsWith('.test.ts') && path !== 'libs/diagnostics/src/codes.ts')
  .map(readPage)
  .join('\n');

describe('each code', () => {
  it('has exactly one section in docs/diagnostics.md', () => {
    const titles = [...page.matchAll(/^## (\S+)$/gm)].map(([, title]) => title);
    expect(titles.toSorted()).toEqual([...diagnosticCodes].toSorted());
  });

  it('has one place in the table of that page', () => {
    const links = [...page.matchAll(/\[([a-z0-9-]+)\]\(#([a-z0-9-]+)\)/g)];
    const ofTable = links.filter(([, text, target]) => text === target).map(([, text]) => text);
    expect(ofTable.toSorted()).toEqual([...diagnosticCodes].toSorted());
  });

  it('is used', () => {
    expect(diagnosticCodes.filter((code) => !sources.includes(`'${code}'`))).toEqual([]);
  });
});

/** The style of the diagnostics: `hint: did you mean x?`, `hint: remove the line`; names keep their capitals. */
it('hints begin in lower case, and end without a full stop if they are one sentence', () => {
  const hints = [...sources.matchAll(/\bhint: '((?:[^'\\\n]|\\.)*)'|\bhint: `((?:[^`\\\n]|\\.)*)`/g)].map(
    ([, text, template]) => text ?? template!,
  );
  expect(hints.length).toBeGreaterThan(60);
  const loud = hints.filter((hint) => /^(?!Docker|Nx|NVIDIA)[A-Z][a-z]* |^[^.]*[^.]\.$/.test(hint));
  expect(loud).toEqual([]);
});
