import { existsSync, readFileSync } from 'node:fs';

/** Where an agent puts a token, or listens: https://docs.sigstore.dev/cosign/signing/overview/ */
const TOKEN_FILE = '/var/run/sigstore/cosign/oidc-token';
const SPIFFE_SOCKET = '/tmp/spire-agent/public/api.sock';

/** How Google's machines call themselves, by which their libraries know them. */
const PRODUCT_FILE = '/sys/class/dmi/id/product_name';

/** Variables that come with a token, all of one line together. */
const providers = [
  ['SIGSTORE_ID_TOKEN'],
  ['ACTIONS_ID_TOKEN_REQUEST_TOKEN', 'ACTIONS_ID_TOKEN_REQUEST_URL'],
  ['BUILDKITE_AGENT_ACCESS_TOKEN'],
  ['GOOGLE_SERVICE_ACCOUNT_NAME'],
  ['GCE_METADATA_HOST'],
  ['SPIFFE_ENDPOINT_SOCKET'],
];

/** Whether cosign can find an identity token here. Without one it would wait for a person in a browser. */
export function hasIdentityToken(environment: NodeJS.ProcessEnv): boolean {
  if (providers.some((names) => names.every((name) => environment[name]))) return true;
  return existsSync(TOKEN_FILE) || existsSync(SPIFFE_SOCKET) || isOfGoogle();
}

function isOfGoogle(): boolean {
  try {
    return readFileSync(PRODUCT_FILE, 'utf8').startsWith('Google');
  } catch {
    return false;
  }
}
