import type { AttestationSettings } from './index.ts';
import { diagnose, imagesOf, minimal } from '../test/minimal.ts';

const layered = (spec: string, others = ''): string => `release_spec:\n  attestations: ${spec}\n${minimal}${others}`;

function attestationsOf(text: string): AttestationSettings | undefined {
  return imagesOf(text).find(({ name }) => name === 'app-debian12-runtime')?.attestations;
}

describe('attestations', () => {
  it.each([
    ['are not there', minimal],
    ['have nothing after them', layered('')],
    ['name nothing', layered('{}')],
    ['are false', layered('{provenance: false, sbom: false}')],
    ['have nothing after their keys', layered('{provenance: , sbom: ~}')],
    ['are switched off for the package', layered('{provenance: max}', 'package_spec: {app: {attestations: }}\n')],
    ['are all replaced', layered('{sbom: true}', 'package_spec: {app: {attestations: {sbom: false}}}\n')],
  ])('are none if they %s', (_, text) => {
    expect(imagesOf(text)[0]).not.toHaveProperty('attestations');
  });

  it.each<[string, AttestationSettings]>([
    ['{provenance: true}', { provenance: 'min' }],
    ['{provenance: min}', { provenance: 'min' }],
    ['{provenance: max, sbom: true}', { provenance: 'max', sbom: {} }],
    ['{sbom: {}}', { sbom: {} }],
    ['{sbom: {generator: }}', { sbom: {} }],
    ['{sbom: {generator: "ghcr.io/acme/scan:1"}}', { sbom: { generator: 'ghcr.io/acme/scan:1' } }],
  ])('are read as %s', (spec, expected) => {
    expect(attestationsOf(layered(spec))).toEqual(expected);
  });

  it('have keys that are replaced one by one by stronger levels', () => {
    const own = 'release_types: {runtime: {attestations: {provenance: min}}}\n';
    expect(attestationsOf(layered('{provenance: max, sbom: true}', own))).toEqual({ provenance: 'min', sbom: {} });
    const none = 'package_spec: {app: {attestations: {sbom: false}}}\n';
    expect(attestationsOf(layered('{provenance: max, sbom: true}', none))).toEqual({ provenance: 'max' });
  });

  it.each([
    ['a mode that is none', '{provenance: full}', 'wrong-type', /`max`/],
    ['a text', 'max', 'wrong-type', /must be a map/],
    ['true', 'true', 'wrong-type', /must be a map/],
    ['a generator alone', '{sbom: "ghcr.io/acme/scan"}', 'wrong-type', /sbom/],
    ['a key that is none', '{signature: true}', 'unknown-key', /signature/],
    ['a prototype name', '{constructor: true}', 'unknown-key', /constructor/],
    [
      'a generator with a comma',
      '{sbom: {generator: "scan:1,src=/etc"}}',
      'bad-reference',
      /`scan:1,src=\/etc` is not/,
    ],
    ['a generator with a scheme', '{sbom: {generator: "https://ghcr.io/scan"}}', 'bad-reference', /is not a reference/],
    ['an empty reference', '{sbom: {generator: " "}}', 'bad-reference', /is not a reference/],
  ])('cannot be %s', (_, spec, code, message) => {
    const [first, ...others] = diagnose(layered(spec));
    expect(others).toEqual([]);
    expect(first).toMatchObject({ code, line: 2 });
    expect(`${first?.message} ${first?.hint ?? ''}`).toMatch(message);
  });

  it('conceal a password in a generator', () => {
    const [first] = diagnose(layered('{sbom: {generator: "https://me:hidden@ghcr.io/scan"}}'));
    expect(first).toMatchObject({ code: 'bad-reference', conceal: true });
    expect(first?.message).not.toContain('hidden');
  });
});
