import { diagnose, minimal } from '../test/minimal.ts';
import { expandImages, parseManifest } from './index.ts';

const layered = (spec: string, others = ''): string => `release_spec:\n  scan: ${spec}\n${minimal}${others}`;

function scanOf(text: string, name = 'app-debian12-runtime') {
  const { manifest, diagnostics } = parseManifest(text, 'manifest.yml');
  expect(diagnostics).toEqual([]);
  const { images } = expandImages(manifest!, {});
  return images.find((image) => image.name === name)?.scan;
}

describe('scan', () => {
  it.each([
    ['is not there', minimal],
    ['has nothing after it', layered('')],
    ['is switched off for the package', layered('{}', 'package_spec: {app: {scan: }}\n')],
  ])('is off if it %s', (_, text) => {
    expect(scanOf(text)).toBeUndefined();
  });

  it('has defaults', () => {
    expect(scanOf(layered('{}'))).toEqual({ scanner: 'auto', failOn: 'high', ignore: [] });
    expect(scanOf(layered('{scanner: , fail_on: ~, ignore: }'))).toEqual({
      scanner: 'auto',
      failOn: 'high',
      ignore: [],
    });
  });

  it('takes keys from the strongest layer, and adds up what is accepted', () => {
    const spec = '{scanner: trivy, fail_on: low, ignore: [{id: CVE-1}, {id: CVE-2, until: 2027-01-31}]}';
    const own =
      'package_spec: {app: {scan: {fail_on: critical, ignore: [{id: CVE-2, reason: harmless}, {id: CVE-3}]}}}\n';
    expect(scanOf(layered(spec, own))).toEqual({
      scanner: 'trivy',
      failOn: 'critical',
      ignore: [{ id: 'CVE-1' }, { id: 'CVE-2', reason: 'harmless' }, { id: 'CVE-3' }],
    });
  });

  it('may share a list of accepted findings by an alias', () => {
    const text = `x-known: &known [{id: CVE-1}]\n${layered('{ignore: [*known, {id: CVE-2}]}')}`;
    expect(scanOf(text)?.ignore).toEqual([{ id: 'CVE-1' }, { id: 'CVE-2' }]);
  });

  it('begins again below a layer that switches it off', () => {
    const text = layered(
      '{scanner: trivy, ignore: [{id: CVE-1}]}',
      'release_types: {runtime: {scan: }}\npackage_spec: {app: {scan: {}}}\n',
    );
    expect(scanOf(text)).toEqual({ scanner: 'auto', failOn: 'high', ignore: [] });
  });

  it.each([
    ['a scanner that is none', '{scanner: clair}', 'wrong-type', /trivy/],
    ['a severity that is none', '{fail_on: severe}', 'wrong-type', /critical/],
    ['a key that is none', '{ignored: []}', 'unknown-key', /ignored/],
    ['a text', 'trivy', 'wrong-type', /scan/],
    ['an ID alone', '{ignore: [CVE-1]}', 'wrong-type', /ignore|map/],
    ['an entry without an ID', '{ignore: [{until: 2027-01-31}]}', 'missing-key', /id/],
    ['an ID with a space', '{ignore: [{id: "CVE 1"}]}', 'wrong-type', /CVE 1/],
    ['a number as ID', '{ignore: [{id: 7}]}', 'wrong-type', /7|text/],
    ['a prototype name', '{constructor: {fail_on: low}}', 'unknown-key', /constructor/],
  ])('cannot be %s', (_, spec, code, message) => {
    const [first, ...others] = diagnose(layered(spec));
    expect(others).toEqual([]);
    expect(first).toMatchObject({ code, line: expect.any(Number) });
    expect(`${first?.message} ${first?.hint ?? ''}`).toMatch(message);
  });
});
