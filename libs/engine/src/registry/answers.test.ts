import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { EngineError } from '../errors.ts';
import type { Clock } from '../process/clock.ts';
import { registryClient } from './client.ts';
import { registryError } from './failure.ts';
import { transientFailure } from './transient.ts';

/** The expected hint for each kind of answer. */
const hints = {
  immutable: /does not let it move \(immutable tags\)/,
  locked: /is locked in/,
  readOnly: /takes no pushes here/,
  quota: /no room left/,
  large: /larger than/,
  policy: /a policy of/,
  create: /created .*first|create it first/,
  login: /log in to|check user and password/,
  expired: /has expired/,
  network: /does not let this machine's address in/,
  limit: /limits how often/,
  upload: /does not know an upload/,
  digest: /has not stored what it was sent/,
  layer: /a layer that the engine took for sent is missing/,
  manifest: /does not take this kind of manifest/,
  name: /does not take this name/,
  trouble: /has trouble/,
};

type Row = [from: string, status: number, code: string, message: string, hint: keyof typeof hints, retried?: boolean];

/** Answers as these registries give them. */
const answers: Row[] = [
  ['Docker Hub', 403, 'DENIED', 'requested access to the resource is denied', 'login'],
  ['Docker Hub', 401, 'UNAUTHORIZED', 'authentication required', 'login'],
  ['Docker Hub', 429, 'TOOMANYREQUESTS', 'You have reached your pull rate limit.', 'limit', true],
  ['Docker Hub', 403, 'DENIED', 'cannot overwrite tag 1.0: tag is immutable', 'immutable'],
  [
    'ECR',
    400,
    'TAG_INVALID',
    "The image tag '1' already exists in the 'team/app' repository and cannot be overwritten because the tag is immutable.",
    'immutable',
  ],
  [
    'ECR',
    404,
    'NAME_UNKNOWN',
    "The repository with name 'team/app' does not exist in the registry with id '123456789012'",
    'create',
  ],
  ['ECR', 403, 'DENIED', 'Your authorization token has expired. Reauthenticate and try again.', 'expired'],
  [
    'ECR',
    403,
    'DENIED',
    'User: arn:aws:sts::1:assumed-role/ci is not authorized to perform: ecr:InitiateLayerUpload',
    'login',
  ],
  ['ECR', 429, 'TOOMANYREQUESTS', 'Rate exceeded', 'limit', true],
  ['GHCR', 403, 'DENIED', 'permission_denied: write_package', 'login'],
  ['GHCR', 429, 'TOOMANYREQUESTS', 'retry-after: 643.457µs, allowed: 44000/minute', 'limit', true],
  ['Artifact Registry', 404, 'NAME_UNKNOWN', 'Repository "app" not found', 'create'],
  [
    'Artifact Registry',
    403,
    'DENIED',
    'Permission "artifactregistry.repositories.uploadArtifacts" denied on resource "projects/p/app" (or it may not exist)',
    'login',
  ],
  [
    'Artifact Registry',
    429,
    'TOOMANYREQUESTS',
    "Quota exceeded for quota metric 'Requests per project per region'",
    'limit',
    true,
  ],
  ['Artifact Registry', 400, 'DENIED', 'The tag is immutable and cannot be moved', 'immutable'],
  ['Quay', 401, 'UNAUTHORIZED', 'access to the requested resource is not authorized', 'login'],
  [
    'Quay',
    405,
    'UNSUPPORTED',
    'System is currently read-only. Pulls will succeed but all write operations are currently suspended.',
    'readOnly',
  ],
  ['Quay', 403, 'DENIED', 'Quota has been exceeded on namespace', 'quota'],
  ['Harbor', 412, 'PRECONDITION', "Failed to process request due to 'app:1' configured as immutable.", 'immutable'],
  ['Harbor', 412, 'PROJECTPOLICYVIOLATION', 'current image with 3 vulnerabilities cannot be pulled', 'policy'],
  [
    'Harbor',
    403,
    'DENIED',
    'adding 29.0 MiB of storage resource, which when updated to current usage of 152.4 MiB will exceed the configured upper limit of 10.0 MiB.',
    'quota',
  ],
  ['Harbor', 403, 'DENIED', 'The system is in read only mode. Any modification is prohibited.', 'readOnly'],
  ['Harbor', 404, 'NOT_FOUND', 'project team not found', 'create'],
  ['Harbor', 405, 'UNSUPPORTED', 'can not push artifact to a proxy project: team', 'readOnly'],
  ['GitLab', 403, 'DENIED', 'access forbidden', 'login'],
  ['GitLab', 404, 'NAME_UNKNOWN', 'repository name not known to registry', 'create'],
  ['GitLab', 405, 'UNSUPPORTED', 'The operation is unsupported.', 'readOnly'],
  [
    'ACR',
    405,
    'REGISTRY_DISALLOWED_OPERATION',
    'The operation is disallowed on this registry, repository or image.',
    'locked',
  ],
  ['ACR', 403, 'DENIED', "client with IP '203.0.113.9' is not allowed access.", 'network'],
  ['ACR', 401, 'UNAUTHORIZED', 'authentication required, visit https://aka.ms/acr/authorization', 'login'],
  [
    'Nexus',
    400,
    'BLOB_UPLOAD_INVALID',
    'blob upload invalid: Repository does not allow updating assets: docker-hosted',
    'immutable',
  ],
  ['Nexus', 400, 'BLOB_UPLOAD_INVALID', 'docker-hosted/v2/-/blobs/sha256:0951 cannot be updated', 'layer', true],
  ['Nexus', 403, 'DENIED', 'Deploying to groups is a PRO-licensed feature', 'readOnly'],
  [
    'Artifactory',
    403,
    'DENIED',
    "Not enough permissions to delete/overwrite artifact 'docker-local:app/1/manifest.json' (user 'ci' needs DELETE permission)",
    'immutable',
  ],
  ['Artifactory', 413, 'SIZE_INVALID', 'Request entity too large', 'large'],
  ['Artifactory', 507, 'UNKNOWN', 'Datastore disk usage is too high', 'quota'],
  ['Artifactory', 400, 'MANIFEST_INVALID', 'manifest invalid', 'manifest'],
  ['distribution', 400, 'MANIFEST_BLOB_UNKNOWN', 'blob unknown to registry', 'layer', true],
  ['distribution', 404, 'BLOB_UPLOAD_INVALID', 'blob upload invalid', 'upload', true],
  ['distribution', 404, 'BLOB_UPLOAD_UNKNOWN', 'blob upload unknown to registry', 'upload', true],
  ['distribution', 400, 'DIGEST_INVALID', 'provided digest did not match uploaded content', 'digest', true],
  ['distribution', 400, 'NAME_INVALID', 'invalid repository name', 'name'],
  ['nginx', 413, '', '', 'large'],
  ['any', 503, 'UNAVAILABLE', 'service unavailable', 'trouble', true],
  ['any', 404, '', '', 'create'],
];

let server: Server;
let registry: string;
let reply: Row;
let asked = 0;
const clock: Clock = { now: () => 0, random: () => 0, sleep: async () => undefined };

beforeAll(async () => {
  server = createServer((request, response) => {
    asked += 1;
    const [, status, code, message] = reply;
    request.resume();
    response.writeHead(status).end(code ? JSON.stringify({ errors: [{ code, message }] }) : '<html>no</html>');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  registry = `127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterAll(() => {
  server.closeAllConnections();
  server.close();
});

describe('the answers of registries to a push', () => {
  it.each(answers)('of ours: %s %i %s %s: %s', async (...row) => {
    const [, status, , , hint, retried = false] = row;
    reply = row;
    asked = 0;
    const manifest = { digest: '', mediaType: 'application/vnd.oci.image.manifest.v1+json', body: Buffer.from('{}') };
    const error = (await registryClient({ clock })
      .put(`${registry}/team/app:1`, manifest)
      .catch((thrown: unknown) => thrown)) as EngineError;
    expect(error.hint).toMatch(hints[hint]);
    expect(error.status).toBe(status);
    expect(asked > 1).toBe(retried);
  });

  it.each(answers.filter(([, , code]) => code !== ''))(
    'of an engine, without the status: %s %i %s %s: %s',
    (...row) => {
      const [, , code, message, hint, retried = false] = row;
      const words = `${code.toLowerCase().replaceAll('_', ' ')}: ${message}`;
      const error = registryError('x', 'registry.example.com/team/app:1', [words], { fallback: 'push-failed' });
      expect(error.hint).toMatch(hints[hint]);
      expect(transientFailure(error) !== undefined).toBe(retried);
    },
  );

  it.each<[string, keyof typeof hints, boolean]>([
    [
      'unexpected status from PUT request to https://r.example.com/v2/app/manifests/1: 412 Precondition Failed',
      'immutable',
      false,
    ],
    [
      'unexpected status from PUT request to https://r.example.com/v2/app/blobs/uploads/1: 413 Request Entity Too Large',
      'large',
      false,
    ],
    [
      'unexpected status from POST request to https://r.example.com/v2/app/blobs/uploads/: 405 Method Not Allowed',
      'readOnly',
      false,
    ],
    [
      'unexpected status from POST request to https://r.example.com/v2/app/blobs/uploads/: 404 Not Found',
      'create',
      false,
    ],
    [
      'unexpected status from POST request to https://r.example.com/v2/app/blobs/uploads/: 507 Insufficient Storage',
      'quota',
      false,
    ],
    [
      'unexpected status from POST request to https://r.example.com/v2/app/blobs/uploads/: 429 Too Many Requests',
      'limit',
      true,
    ],
    ['unexpected status from PUT request to https://r.example.com/v2/app/manifests/1: 400 Bad Request', 'layer', true],
    ['error parsing HTTP 413 response body: invalid character', 'large', false],
    ['received unexpected HTTP status: 503 Service Unavailable', 'trouble', true],
    ['Error: writing blob: uploading layer to https://r.example.com/: StatusCode: 413, <html>', 'large', false],
  ])('of an engine that reports only the status: %s', (words, hint, retried) => {
    const error = registryError('x', 'r.example.com/app:1', [words], { fallback: 'push-failed' });
    expect(error.hint).toMatch(hints[hint]);
    expect(transientFailure(error) !== undefined).toBe(retried);
  });

  it.each([
    ['123456789012.dkr.ecr.eu-west-1.amazonaws.com/team/app', /aws ecr create-repository --repository-name team\/app/],
    ['europe-docker.pkg.dev/project/repo/app', /gcloud artifacts repositories create/],
    ['harbor.example.com/team/app', /or the project that it is in/],
  ])('says what to create at %s', (name, hint) => {
    const error = registryError('x', `${name}:1`, ['name unknown'], { fallback: 'push-failed' });
    expect(error.hint).toMatch(hint);
  });

  it.each(['quota', 'immutable', 'team/read-only', 'vulnerability-scanner', 'team/rate-limit', 'expired-token'])(
    'is not led by the name %s',
    (name) => {
      const reference = `r.example.com/${name}:1`;
      for (const words of [
        `name unknown: The repository with name '${name}' does not exist in the registry`,
        `unexpected status from POST request to https://r.example.com/v2/${name}/blobs/uploads/: 404 Not Found`,
      ]) {
        const error = registryError('x', reference, [words], { fallback: 'push-failed' });
        expect([error.code, transientFailure(error)]).toEqual(['not-found', undefined]);
      }
    },
  );
});
