import type { AttestationSettings } from '@nx-image-matrix/manifest';
import { attestationsOf } from './attestations.ts';
import { digestOf, type Manifest } from './manifest.ts';

const SPDX = 'https://spdx.dev/Document';
const SLSA = 'https://slsa.dev/provenance/v0.2';
const index = 'application/vnd.oci.image.index.v1+json';
const image = 'application/vnd.oci.image.manifest.v1+json';

/** The content of a registry. */
const blobs = new Map<string, Buffer>();
const client = {
  manifest: async (reference: string): Promise<Manifest | undefined> => {
    const digest = reference.slice(reference.indexOf('@') + 1);
    const body = blobs.get(digest);
    return body && { digest, mediaType: image, body };
  },
  blob: async (_reference: string, digest: string) => blobs.get(digest),
};

function put(content: unknown): { digest: string; size: number } {
  const body = Buffer.from(typeof content === 'string' ? content : JSON.stringify(content));
  const digest = digestOf(body);
  blobs.set(digest, body);
  return { digest, size: body.length };
}

const statement = (predicate: unknown): unknown => ({ _type: 'https://in-toto.io/Statement/v0.1', predicate });
const min = statement({ materials: [] });
const max = statement({ buildConfig: { llbDefinition: [] } });
const maxOfSlsa1 = statement({ buildDefinition: { internalParameters: { buildConfig: {} } } });

let serial = 0;
function platform(architecture = 'amd64'): { mediaType: string; digest: string; size: number; platform: object } {
  return { mediaType: image, ...put({ serial: (serial += 1) }), platform: { os: 'linux', architecture } };
}

function attestation(of: string, statements: [type: string, content: unknown][], type = 'attestation-manifest') {
  const layers = statements.map(([predicate, content]) => ({
    ...put(content),
    annotations: { 'in-toto.io/predicate-type': predicate },
  }));
  return {
    mediaType: image,
    ...put({ serial: (serial += 1), layers }),
    platform: { os: 'unknown', architecture: 'unknown' },
    annotations: { 'vnd.docker.reference.type': type, 'vnd.docker.reference.digest': of },
  };
}

function attestedIn(manifests: unknown[]): Promise<AttestationSettings> {
  const body = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: index, manifests }));
  return attestationsOf(client, 'r.example.com:5000/app:1', { digest: digestOf(body), mediaType: index, body });
}

describe('what is attested of an image', () => {
  const one = platform();

  it.each<[string, [string, unknown][], AttestationSettings]>([
    ['nothing', [], {}],
    ['provenance', [[SLSA, min]], { provenance: 'min' }],
    ['full provenance', [[SLSA, max]], { provenance: 'max' }],
    ['full provenance of SLSA 1', [['https://slsa.dev/provenance/v1', maxOfSlsa1]], { provenance: 'max' }],
    ['an SBOM', [[SPDX, statement({})]], { sbom: {} }],
    [
      'both',
      [
        [SPDX, statement({})],
        [SLSA, max],
      ],
      { provenance: 'max', sbom: {} },
    ],
    ['something else', [['https://example.com/review', statement({})]], {}],
    ['provenance that is not JSON', [[SLSA, 'not JSON']], { provenance: 'min' }],
    ['provenance that is a list', [[SLSA, []]], { provenance: 'min' }],
  ])('is %s', async (_, statements, expected) => {
    expect(await attestedIn([one, attestation(one.digest, statements)])).toEqual(expected);
  });

  it('is nothing without an index, without images, or of another image', async () => {
    const body = Buffer.from(JSON.stringify({ config: { digest: one.digest } }));
    const alone = { digest: digestOf(body), mediaType: image, body };
    expect(await attestationsOf(client, 'r.example.com/app:1', alone)).toEqual({});
    expect(await attestedIn([])).toEqual({});
    expect(await attestedIn([one, attestation(platform().digest, [[SLSA, max]])])).toEqual({});
    expect(await attestedIn([one, attestation(one.digest, [[SLSA, max]], 'something')])).toEqual({});
  });

  it('is what all platforms have', async () => {
    const other = platform('arm64');
    const full = attestation(one.digest, [
      [SLSA, max],
      [SPDX, statement({})],
    ]);
    expect(await attestedIn([one, full, other])).toEqual({});
    expect(await attestedIn([one, full, other, attestation(other.digest, [[SLSA, min]])])).toEqual({
      provenance: 'min',
    });
    const same = attestation(other.digest, [
      [SLSA, max],
      [SPDX, statement({})],
    ]);
    expect(await attestedIn([one, full, other, same])).toEqual({ provenance: 'max', sbom: {} });
  });

  it('is nothing where the attestations are gone, or have layers that are none', async () => {
    const gone = attestation(one.digest, [[SLSA, max]]);
    blobs.delete(gone.digest);
    expect(await attestedIn([one, gone])).toEqual({});
    const odd = { ...attestation(one.digest, []), ...put({ layers: [7, { annotations: 7 }, { digest: '../x' }] }) };
    expect(await attestedIn([one, odd])).toEqual({});
  });
});
