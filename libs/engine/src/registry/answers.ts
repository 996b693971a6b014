import type { DiagnosticCode } from '@nx-image-matrix/diagnostics';
import { isLoopback } from '@nx-image-matrix/manifest/reference';

/** Names that a hint may use. */
export interface Place {
  registry: string;
  repository: string;
}

/** One kind of answer of registries, in their own words or in an engine's. */
export interface RegistryAnswer {
  /** Which registries answer this, for readers. */
  from: string;
  /** Either of these two decides. */
  status?: readonly number[];
  says?: RegExp;
  code: DiagnosticCode;
  /** Another try may help. */
  transient?: true;
  hint?: (place: Place) => string;
}

/**
 * Answers of registries to a push, and what to do about each; the first matching row decides. Texts come before the
 * statuses that they share: 403 is a quota at Harbor, a moved tag at Artifactory, and a missing permission elsewhere.
 * Engines word the same answer in many ways, so each pattern is loose.
 */
const registryAnswers: readonly RegistryAnswer[] = [
  {
    from: 'docker: a credential helper',
    says: /error getting credentials|docker-credential-/i,
    code: 'unauthorized',
    hint: ({ registry }) =>
      `the credential helper that docker's configuration names for ${registry} does not work: run it by hand, or take it out of \`credsStore\` and \`credHelpers\``,
  },
  {
    from: 'all: 429; Docker Hub, GHCR, ECR: toomanyrequests; Artifact Registry: a quota of requests',
    status: [429],
    says: /toomanyrequests|too many requests|rate limit|rate exceeded|quota metric/i,
    code: 'push-failed',
    transient: true,
    hint: ({ registry }) => `${registry} limits how often it is asked; try again later, or with fewer builds at once`,
  },
  {
    from: 'Harbor: 412 for scan results and signatures; Artifactory: Xray',
    says: /project_?policy_?violation|vulnerabilit|\bxray\b|not signed|content trust/i,
    code: 'push-failed',
    hint: ({ registry }) => `a policy of ${registry} refuses this image; see the registry's scan of the repository`,
  },
  {
    from: 'ECR: 400 TAG_INVALID; Harbor: 412; Docker Hub: 403; Artifact Registry; Nexus: redeploy disabled; Artifactory: no DELETE',
    status: [412],
    says: /immutab|cannot be overwritten|not allow (?:updating|overwriting|redeploy)|overwrite artifact|needs DELETE permission|tag_?already_?exists/i,
    code: 'push-failed',
    hint: () =>
      'the tag exists already, and the repository does not let it move (immutable tags): push under a tag of its own, such as a new release version, or let the tag move in the settings of the repository',
  },
  {
    from: 'ACR: a locked image or repository',
    says: /registry_disallowed_operation|operation is disallowed/i,
    code: 'push-failed',
    hint: ({ repository, registry }) =>
      `${repository} is locked in ${registry}: unlock the tag or the repository (\`az acr repository update --write-enabled true\`), or push under another tag`,
  },
  {
    from: 'Harbor, GitLab, Quay: read-only for maintenance; Nexus, Harbor: a proxy or a group; distribution: 405 UNSUPPORTED',
    status: [405],
    says: /read[- ]?only|operation is unsupported|proxy (?:project|repository)|deploying to groups|under maintenance/i,
    code: 'push-failed',
    hint: ({ registry }) =>
      `${registry} takes no pushes here: it is read-only (maintenance), or this is a proxy or a group of repositories, and not one to push to`,
  },
  {
    from: 'Harbor: 403 for storage; Quay, GitLab, ACR; 507',
    status: [507],
    says: /quota|configured upper limit|storage (?:limit|size)|insufficient storage|limit_?exceeded|no space left|disk usage is too high/i,
    code: 'push-failed',
    hint: ({ registry }) =>
      `${registry} has no room left for this: remove old images (and let it collect garbage), or raise the quota of the project`,
  },
  {
    from: 'a reverse proxy in front of the registry; Docker Hub, Quay: size of a layer',
    status: [413],
    says: /entity too large|payload too large|size_invalid|content too large/i,
    code: 'push-failed',
    hint: ({ registry }) =>
      `a layer is larger than ${registry}, or a proxy in front of it, takes: raise its limit (nginx: client_max_body_size), or split the layer`,
  },
  {
    from: 'distribution, Nexus: two pushes at once of images that share layers, one counts on what the other is still sending',
    says: /blob[ _]unknown|\/blobs\/\S+ cannot be updated|\/manifests\/\S+: 400 Bad Request/i,
    code: 'push-failed',
    transient: true,
    hint: ({ registry }) =>
      `${registry} refuses the manifest: a layer that the engine took for sent is missing there, or the tag may not move (immutable tags). Ask the registry for the tag, and push again.`,
  },
  {
    from: 'distribution: the one that started an upload was restarted, or was another behind the same address',
    says: /blob[ _]upload[ _](?:unknown|invalid)/i,
    code: 'push-failed',
    transient: true,
    hint: ({ registry }) =>
      `${registry} does not know an upload that it has started: it was restarted, or there are several behind that address without a common secret (distribution: http.secret)`,
  },
  {
    from: 'distribution: two put the same content at once; any: the content was changed on its way',
    says: /digest[ _]invalid|digest did not match/i,
    code: 'push-failed',
    transient: true,
    hint: ({ registry }) =>
      `${registry} has not stored what it was sent: somebody else may be pushing the same image; push again`,
  },
  {
    from: 'ECR: a token of 12 hours; GHCR, Docker Hub: an access token that has ended',
    says: /token (?:has |is )?expired|reauthenticate|expired token/i,
    code: 'unauthorized',
    hint: ({ registry }) => `the login for ${registry} has expired: log in again`,
  },
  {
    from: 'ACR: firewall; Docker Hub, Quay, GitLab: allowed addresses',
    says: /client with IP|firewall|\bip\b.{0,40}not (?:allowed|permitted)|not allowed access/i,
    code: 'unauthorized',
    hint: ({ registry }) => `${registry} does not let this machine's address in: see its network rules`,
  },
  {
    from: 'the engine, before anything is sent',
    says: /does not exist locally|no such image|image not known|tag does not exist|reference does not exist/i,
    code: 'not-found',
    hint: () => 'build the image first',
  },
  {
    from: 'docker: a registry without TLS',
    says: /http response to https client/i,
    code: 'push-failed',
    hint: ({ registry }) => `${registry} speaks plain HTTP: add it to \`insecure-registries\` of the engine`,
  },
  {
    from: 'docker, podman: a private CA',
    says: /x509|certificate/i,
    code: 'push-failed',
    hint: ({ registry }) =>
      `the engine does not trust the certificate of ${registry}: put that of its CA into /etc/docker/certs.d/${registry}/ca.crt`,
  },
  {
    from: 'ECR, Artifact Registry, Harbor, Quay: what must be created first',
    says: /name unknown|name_unknown|repository(?: with)?[^.]{0,200}(?:does not exist(?! or may require)|not found)|project \S* ?not found|no such host/i,
    code: 'not-found',
    hint: createFirst,
  },
  {
    from: 'distribution: a name that it cannot take',
    says: /name invalid|name_invalid|invalid reference/i,
    code: 'not-found',
    hint: ({ registry }) => `${registry} does not take this name: check \`repository\` of the manifest`,
  },
  {
    from: 'distribution: a tag that it cannot take',
    says: /tag invalid|tag_invalid/i,
    code: 'push-failed',
    hint: ({ registry }) => `${registry} does not take this tag: it may break a rule for tags there, or may not move`,
  },
  {
    from: 'Nexus, Artifactory, old registries: an OCI index, attestations',
    says: /manifest[ _]invalid|manifest[ _]unverified/i,
    code: 'push-failed',
    hint: ({ registry }) =>
      `${registry} does not take this kind of manifest; it may be too old for OCI indexes and attestations`,
  },
  {
    from: 'all: no login, a wrong one, or no right; GHCR: permission_denied; Artifact Registry: uploadArtifacts',
    status: [401, 403],
    says: /unauthori[sz]ed|no basic auth|authentication required|denied|forbidden|insufficient_scope|not authorized|unauthenticated/i,
    code: 'unauthorized',
    hint: ({ registry }) =>
      `log in to ${registry}, or set the variables that \`user\` and \`pwd\` of the manifest name; the account needs the right to push there`,
  },
  { from: 'all', status: [404], says: /not found|manifest[ _]unknown/i, code: 'not-found', hint: createFirst },
  {
    from: 'all: 5xx',
    status: [500, 502, 503, 504, 505, 506, 508, 509, 520, 521, 522, 523, 524],
    says: /internal server error|bad gateway|service unavailable|gateway time-?out/i,
    code: 'push-failed',
    transient: true,
    hint: ({ registry }) => `${registry} has trouble; try again later`,
  },
  {
    from: 'the network',
    status: [408],
    says: /reset|broken pipe|\bEOF\b|timeout|timed out|deadline exceeded|refused|unreachable|temporary failure|try again|server misbehaving|connection (?:closed|lost|broken)|malformed (?:HTTP|MIME)|closed network connection/i,
    code: 'push-failed',
    transient: true,
    hint: ({ registry }) =>
      isLoopback(registry)
        ? `is the registry at ${registry} running?`
        : `check the network between the engine and ${registry}`,
  },
];

/** Docker Hub, GHCR, Quay and GitLab create a repository on the first push; these do not. */
function createFirst({ registry, repository }: Place): string {
  if (/\.dkr\.ecr\./.test(registry)) {
    return `ECR makes no repository by a push: create it first (\`aws ecr create-repository --repository-name ${repository}\`), or check its name`;
  }
  if (/(?:-docker\.pkg\.dev|\bgcr\.io)$/.test(registry)) {
    return `Artifact Registry makes no repository by a push: create it first (\`gcloud artifacts repositories create\`); names are PROJECT/REPOSITORY/IMAGE`;
  }
  return `check the repository's name; the repository, or the project that it is in, may have to be created at ${registry} first`;
}

/** The row for an answer, by its status, if known, and its text. */
export function findAnswer(words: string, status?: number): RegistryAnswer | undefined {
  return registryAnswers.find((row) => row.says?.test(words) || (status !== undefined && row.status?.includes(status)));
}
