import { annotated } from './annotate.ts';
import { readReport } from './report.ts';
import { assess, dayOf } from './accept.ts';
import { readSarif, type Finding } from './sarif.ts';

const finding = (id: string, severity: Finding['severity']): Finding => ({ id, severity });
const found = [
  finding('CVE-4', 'low'),
  finding('CVE-1', 'critical'),
  finding('CVE-5', 'other'),
  finding('CVE-3', 'medium'),
  finding('CVE-2', 'high'),
];
const today = '2027-01-31';

it.each([
  ['critical', ['CVE-1']],
  ['high', ['CVE-1', 'CVE-2']],
  ['medium', ['CVE-1', 'CVE-2', 'CVE-3']],
  ['low', ['CVE-1', 'CVE-2', 'CVE-3', 'CVE-4']],
  ['none', []],
] as const)('fails from %s on, most severe first', (failOn, failing) => {
  expect(assess(found, { failOn, ignore: [] }, today).failing.map(({ id }) => id)).toEqual(failing);
});

it('does not count what is accepted, whatever the case of its ID', () => {
  const ignore = [{ id: 'cve-1' }, { id: 'CVE-2', until: today }, { id: 'CVE-9' }];
  const result = assess(found, { failOn: 'high', ignore }, today);
  expect(result).toMatchObject({ failing: [], expired: [], unused: [{ id: 'CVE-9' }] });
  expect(result.counts).toEqual({ critical: 0, high: 0, medium: 1, low: 1, other: 1 });
  expect([...result.accepted].map(([{ id }, entry]) => [id, entry.id])).toEqual([
    ['CVE-1', 'cve-1'],
    ['CVE-2', 'CVE-2'],
  ]);
});

it('counts a finding again after its last day', () => {
  const entry = { id: 'CVE-1', until: '2027-01-30' };
  const result = assess(found, { failOn: 'critical', ignore: [entry] }, today);
  expect(result).toMatchObject({ failing: [{ id: 'CVE-1' }], expired: [entry], unused: [] });
});

it('says nothing of an entry that is over and has no finding, except that it is unused', () => {
  const entry = { id: 'CVE-9', until: '2020-01-01' };
  expect(assess(found, { failOn: 'none', ignore: [entry] }, today)).toMatchObject({ expired: [], unused: [entry] });
});

it('takes the day in UTC', () => {
  expect(dayOf(new Date('2027-01-31T23:59:59Z'))).toBe('2027-01-31');
});

describe('the document of a scan', () => {
  const text = JSON.stringify({
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'x' } },
        results: [
          { ruleId: 'CVE-1', fingerprints: { a: 'b' } },
          { ruleId: 'CVE-2' },
          { ruleId: 'CVE-3', kind: 'pass' },
        ],
      },
    ],
    properties: { kept: true },
  });

  const image = { imageId: 'sha256:a', scannedAt: '2027-01-31T10:00:00.000Z' };

  function textOf(ignore: Parameters<typeof assess>[1]['ignore'], source = text) {
    const log = readSarif(source, 'x');
    return annotated(log, assess(log.findings, { failOn: 'high', ignore }, today), 'docker-scan/app', image);
  }

  function documentOf(...args: Parameters<typeof textOf>) {
    return JSON.parse(textOf(...args));
  }

  it('suppresses what is accepted, and keeps everything else', () => {
    const { runs, ...rest } = documentOf([{ id: 'CVE-1', until: today, reason: 'not reachable' }, { id: 'CVE-2' }]);
    expect(rest).toEqual({
      version: '2.1.0',
      properties: { kept: true, 'nx-image-matrix': image },
    });
    expect(runs[0].results).toEqual([
      {
        ruleId: 'CVE-1',
        fingerprints: { a: 'b' },
        suppressions: [{ kind: 'external', status: 'accepted', justification: 'not reachable, until 2027-01-31' }],
      },
      { ruleId: 'CVE-2', suppressions: [{ kind: 'external', status: 'accepted' }] },
      { ruleId: 'CVE-3', kind: 'pass' },
    ]);
  });

  it('is read again with the image that was scanned', () => {
    const report = readReport(textOf([]));
    expect(report?.image).toEqual(image);
    expect(report?.log.findings.map(({ id }) => id)).toEqual(['CVE-1', 'CVE-2']);
  });

  it.each([
    ['nothing', ''],
    ['SARIF of something else', text],
    [
      'a wrong image',
      JSON.stringify({
        ...JSON.parse(text),
        properties: { 'nx-image-matrix': { imageId: 1 } },
      }),
    ],
    ['a wrong time', textOf([]).replace('2027-01-31T10:00:00.000Z', 'noon')],
  ])('is not read from %s', (_, other) => {
    expect(readReport(other)).toBeUndefined();
  });

  it('says of which image each run is', () => {
    expect(documentOf([]).runs[0].automationDetails).toEqual({ id: 'docker-scan/app/' });
    const two = JSON.stringify({ version: '2.1.0', runs: [{}, {}] });
    const ids = documentOf([], two).runs.map((run: { automationDetails: { id: string } }) => run.automationDetails.id);
    expect(ids).toEqual(['docker-scan/app/1/', 'docker-scan/app/2/']);
  });
});
