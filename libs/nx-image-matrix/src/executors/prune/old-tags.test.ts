import { oldStaged } from './old-staged.ts';
import { oldTags, type RetentionRules } from './old-tags.ts';
import { ownerOf, seriesOf, tagPatterns, type Owner } from './owners.ts';
import type { TagFacts } from './tag-facts.ts';

const owner = (image: string, texts: string[], more: Partial<Owner> = {}): Owner => {
  const patterns = texts.map((text) => ({ text, isFloating: false, isVersioned: text.startsWith('*') }));
  return { image, manifest: 'manifest.yml', releaseType: 'devel', patterns, isUnversioned: false, ...more };
};
const rulesOf = (pattern: string, keep: number, more: Partial<RetentionRules> = {}): RetentionRules => {
  const retention = new Map([['devel', { keep, pattern }]]);
  return { manifest: 'manifest.yml', retention, owners: [], floating: new Set(), pushed: new Set(), ...more };
};
const tag = (name: string, created?: number): TagFacts => {
  return { tag: name, digest: name, refersTo: [], parents: [], ...(created !== undefined && { created }) };
};
/** What happens to each tag: `goes`, or why it stays. */
const verdicts = (facts: TagFacts[], rules: RetentionRules): Record<string, string> =>
  Object.fromEntries(
    [...oldTags(facts, rules)].map(([name, verdict]) => [name, 'stays' in verdict ? verdict.stays : 'goes']),
  );

describe('oldTags', () => {
  it('keeps the newest by time, whatever the names are', () => {
    const facts = [tag('n-a', 3), tag('n-b', 1), tag('n-c', 2), tag('other', 0)];
    expect(verdicts(facts, rulesOf('n-*', 2, { owners: [owner('app', ['n-*'])] }))).toEqual({
      'n-a': 'newest',
      'n-b': 'goes',
      'n-c': 'newest',
      other: 'unmatched',
    });
  });

  it('orders tags of one time by name, in whatever order they come', () => {
    const facts = ['n-1', 'n-3', 'n-2'].map((name) => tag(name, 7));
    const expected = { 'n-3': 'newest', 'n-2': 'goes', 'n-1': 'goes' };
    const rules = rulesOf('n-*', 1, { owners: [owner('app', ['n-*'])] });
    expect(verdicts(facts, rules)).toEqual(expected);
    expect(verdicts(facts.toReversed(), rules)).toEqual(expected);
  });

  it('counts each image by itself, so that a busy one does not push out another', () => {
    const owners = [owner('busy', ['*-n-*-one']), owner('rare', ['*-n-*-two'])];
    const busy = [5, 6, 7, 8, 9].map((time) => tag(`1.${time}-n-${time}-one`, time));
    const found = verdicts([...busy, tag('1-n-1-two', 1), tag('1-n-2-two', 2)], rulesOf('*-n-*', 2, { owners }));
    expect(Object.entries(found).flatMap(([name, verdict]) => (verdict === 'goes' ? [name] : []))).toEqual([
      '1.7-n-7-one',
      '1.6-n-6-one',
      '1.5-n-5-one',
    ]);
  });

  it('leaves tags of other release types, and of other manifests', () => {
    const owners = [
      owner('app', ['*-n-*']),
      owner('runtime', ['*-n-*-runtime'], { releaseType: 'runtime' }),
      owner('other', ['*-n-*-other'], { manifest: 'other/manifest.yml' }),
    ];
    const facts = ['1-n-1', '1-n-2', '1-n-1-runtime', '1-n-1-other'].map((name, index) => tag(name, index));
    expect(verdicts(facts, rulesOf('*', 1, { owners }))).toEqual({
      '1-n-2': 'newest',
      '1-n-1': 'goes',
      '1-n-1-runtime': 'other',
      '1-n-1-other': 'other',
    });
  });

  it('keeps floating tags and those of a push whatever the pattern is, and does not count them', () => {
    const sets = { floating: new Set(['latest']), pushed: new Set(['today']) };
    const facts = [tag('latest', 9), tag('today', 8), tag('a', 7), tag('b', 6)];
    const owners = [owner('app', ['*'])];
    expect(verdicts(facts, rulesOf('*', 1, { ...sets, owners }))).toEqual({
      latest: 'floating',
      today: 'pushed',
      a: 'newest',
      b: 'goes',
    });
  });

  it('keeps what has no time, without counting it', () => {
    const facts = [tag('n-1'), tag('n-2', 2), tag('n-3', 1)];
    const owners = [owner('app', ['n-*'])];
    expect(verdicts(facts, rulesOf('n-*', 1, { owners }))).toEqual({
      'n-1': 'undated',
      'n-2': 'newest',
      'n-3': 'goes',
    });
  });

  it('keeps old tags of an image whose version is not given', () => {
    const owners = [owner('app', ['*-n-*', 'n-*'], { isUnversioned: true })];
    const facts = [tag('1-n-1', 1), tag('1-n-2', 3), tag('n-1', 2)];
    expect(verdicts(facts, rulesOf('*', 1, { owners }))).toEqual({
      '1-n-2': 'newest',
      'n-1': 'goes',
      '1-n-1': 'unversioned',
    });
  });

  it('keeps the floating tags of former versions', () => {
    const app = owner('app', ['*-n-*']);
    const patterns = [...app.patterns, { text: '*', isFloating: true, isVersioned: true }];
    const facts = [tag('1-n-1', 1), tag('1-n-2', 2), tag('0.9', 1), tag('1.0', 2)];
    expect(verdicts(facts, rulesOf('*', 1, { owners: [{ ...app, patterns }] }))).toEqual({
      '1-n-2': 'newest',
      '1-n-1': 'goes',
      '0.9': 'floating',
      '1.0': 'floating',
    });
  });

  it('takes the rule that keeps most for tags that are of no image', () => {
    const retention = new Map([
      ['devel', { keep: 1, pattern: '*-n-*' }],
      ['runtime', { keep: 3, pattern: '*' }],
    ]);
    const facts = [1, 2, 3, 4].map((time) => tag(`0.${time}-n-${time}-gone`, time));
    expect(Object.values(verdicts(facts, rulesOf('', 1, { retention }))).filter((one) => one === 'goes')).toHaveLength(
      1,
    );
  });
});

it.each([
  ['1.2.0-nightly-20261128-one', '*-nightly-*-one'],
  ['nightly-debian12-20261128-0a1b2c3', 'nightly-debian12-*-*'],
  ['0.13.0-python3.12-slim', '*-python3.12-slim'],
  ['nightly-2026.11.28', 'nightly-*'],
  ['nightly_20261128T040000Z', 'nightly_*'],
  ['feedbeef', 'feedbeef'],
  ['default-cafe', 'default-cafe'],
  ['nightly-7', 'nightly-*'],
])('the series of %s is %s', (name, series) => {
  expect(seriesOf(name)).toBe(series);
});

it('knows the tags of all runs and versions of an image', () => {
  const tags = [
    '8675309.8675309.8675309-nightly-{{ run.date }}-slim',
    '8675309-{{ run.date | date: "%Y" }}.{{ run.sha }}',
    'devel',
  ];
  expect(tagPatterns({ tags, floatingTags: ['8675309.8675309'] })).toEqual([
    { text: '*', isFloating: true, isVersioned: true },
    { text: '*-nightly-*-slim', isFloating: false, isVersioned: true },
    { text: '*-*.*', isFloating: false, isVersioned: true },
    { text: 'devel', isFloating: false, isVersioned: false },
  ]);
});

describe('ownerOf', () => {
  const owners = [owner('b', ['n-*', '*-slim']), owner('a', ['n-*']), owner('c', ['n-*-slim'])];

  it.each([
    ['n-1', 'a'],
    ['n-1-slim', 'c'],
    ['1-slim', 'b'],
    ['slim', undefined],
  ])('%s is of %s', (name, expected) => {
    expect(ownerOf(name, owners)?.owner.image).toBe(expected);
    expect(ownerOf(name, owners.toReversed())?.owner.image).toBe(expected);
  });
});

describe('oldStaged', () => {
  const id = 'ab'.repeat(32);
  const day = 86_400_000;
  const rules = { keep: 30, current: new Set<string>(), now: 100 * day };

  it.each([
    ['is young', tag(id, 71 * day), { stays: 'young' }],
    ['is old', tag(id, 70 * day), { goes: '30 days old' }],
    ['is from the future', tag(id, 101 * day), { stays: 'young' }],
    ['has no time', tag(id), { stays: 'undated' }],
    ['is not a build ID', tag('latest', 0), { stays: 'unmatched' }],
  ])('decides about an image that %s', (_, fact, verdict) => {
    expect(oldStaged(fact, rules)).toEqual(verdict);
  });

  it('keeps the current files', () => {
    expect(oldStaged(tag(id, 1), { ...rules, current: new Set([id]) })).toEqual({ stays: 'current' });
  });
});
