import type { SigningKey } from './key.ts';

/** The variable that cosign reads the password of a private key from. */
export const PASSWORD_VARIABLE = 'COSIGN_PASSWORD';

/** Variables of our own, by which keys reach cosign (`--key env://NAME`). */
const PRIVATE_KEY = 'NX_IMAGE_MATRIX_PRIVATE_KEY';
export const PUBLIC_KEY = 'NX_IMAGE_MATRIX_PUBLIC_KEY';

/** For any program: where it finds others and its files, proxies, certificates. */
const system =
  /^(?:PATH|HOME|USER|LOGNAME|LANG|LC_\w+|TZ|TMPDIR|TMP|TEMP|XDG_\w+|(?:HTTPS?|NO|ALL)_PROXY|SSL_CERT_(?:FILE|DIR)|SYSTEMROOT|USERPROFILE|APPDATA|LOCALAPPDATA)$/i;

/**
 * Settings of cosign that do not change what is signed. It takes each flag from a variable too, `--key` from
 * `COSIGN_KEY`, so nothing else with that beginning is passed on.
 */
const settings =
  /^(?:COSIGN_(?:DOCKER_MEDIA_TYPES|MAX_ATTACHMENT_SIZE|REKOR_URL|FULCIO_URL|OIDC_ISSUER|TIMESTAMP_SERVER_URL)|SIGSTORE_(?:ROOT_FILE|REKOR_PUBLIC_KEY|CT_LOG_PUBLIC_KEY_FILE|TSA_CERTIFICATE_FILE)|TUF_\w+)$/;

/** Of key management services. */
const services =
  /^(?:AWS|AZURE|ARM|GOOGLE|CLOUDSDK|GCP|GCE|VAULT|GITLAB)_\w+$|^KUBE(?:CONFIG|RNETES_\w+)$|^GITHUB_TOKEN$/;

/** By which cosign finds an identity token: https://docs.sigstore.dev/cosign/signing/overview/ */
const tokens =
  /^(?:SIGSTORE_ID_TOKEN|ACTIONS_ID_TOKEN_REQUEST_(?:TOKEN|URL)|GOOGLE_\w+|GCE_METADATA_HOST|BUILDKITE_(?:AGENT_\w+|JOB_ID)|SPIFFE_ENDPOINT_SOCKET)$/;

interface Needs {
  /** Absent for a verification. */
  key?: SigningKey;
  /** For a verification with a key, in PEM. */
  publicKey?: string;
  /** The folder with the login of a registry. */
  configDir?: string;
}

/** The environment of cosign: what it needs for this, and no other secret of the machine. */
export function cosignEnvironment(own: NodeJS.ProcessEnv, { key, publicKey, configDir }: Needs): NodeJS.ProcessEnv {
  const wanted = [
    system,
    settings,
    ...(key?.in === 'service' ? [services] : []),
    ...(key?.in === 'token' ? [tokens] : []),
  ];
  const password = key?.in === 'text' ? own[PASSWORD_VARIABLE] : undefined;
  return {
    ...Object.fromEntries(Object.entries(own).filter(([name]) => wanted.some((pattern) => pattern.test(name)))),
    ...(configDir !== undefined && { DOCKER_CONFIG: configDir }),
    ...(key?.in === 'text' && { [PRIVATE_KEY]: key.pem }),
    ...(password !== undefined && { [PASSWORD_VARIABLE]: password }),
    ...(publicKey !== undefined && { [PUBLIC_KEY]: publicKey }),
  };
}

/** The arguments that name a key for signing. */
export function keyArguments(key: SigningKey): string[] {
  if (key.in === 'token') return [];
  return ['--key', key.in === 'service' ? key.uri : `env://${PRIVATE_KEY}`];
}
