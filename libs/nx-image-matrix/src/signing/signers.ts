import type { Signing } from '@nx-image-matrix/manifest';
import { registryOf } from '@nx-image-matrix/manifest/reference';
import { EngineError } from '@nx-image-matrix/engine';
import {
  findCosign,
  hasIdentityToken,
  isSigned,
  publicKeyOf,
  signImage,
  type Cosign,
  type SigningKey,
} from '@nx-image-matrix/sign';
import type { RegistryAccess } from '../repositories/registry-access.ts';
import type { ActiveRepository } from '../repositories/repositories.ts';
import { readSigningKey } from './signing-key.ts';

export interface SigningRun {
  root: string;
  access: RegistryAccess;
  /** Registries that use plain HTTP. */
  insecure: readonly string[];
  signal: AbortSignal;
}

/** A key that can be used. */
interface Signer {
  cosign: Cosign;
  key: SigningKey;
  /** Absent if it is keyless. */
  publicKey?: string;
}

/** A repository whose images are signed. */
type SignedRepository = ActiveRepository & { sign: Signing };

/** Signs images of one run: cosign is looked for once, each key is read once, and each digest is signed once. */
export class Signers {
  readonly #run: SigningRun;
  #cosign: Promise<Cosign> | undefined;
  readonly #signers = new Map<string, Promise<Signer>>();
  readonly #signed = new Map<string, Promise<boolean>>();

  constructor(run: SigningRun) {
    this.#run = run;
  }

  /**
   * Checks that what repositories need for signatures is there, before anything is pushed.
   * @throws EngineError `no-cosign`, `bad-key`
   */
  async prepare(targets: readonly ActiveRepository[]): Promise<void> {
    for (const target of targets) if (isSignedRepository(target)) await this.#signerOf(target.sign);
  }

  /** Whether a repository has a signature of an image that counts. Only reads. */
  async isSigned(target: SignedRepository, digest: string): Promise<boolean> {
    const { publicKey } = await this.#signerOf(target.sign);
    const { transparencyLog } = target.sign;
    return isSigned({ ...(await this.#accessOf(target, digest)), transparencyLog, publicKey });
  }

  /**
   * Signs an image in a repository, unless it is signed.
   * @param sent whether this run has pushed it: only then a keyless signature of somebody else does not count
   * @returns whether it has been signed now
   * @throws EngineError
   */
  sign(target: SignedRepository, digest: string, sent: boolean, onNote: (line: string) => void): Promise<boolean> {
    const name = `${target.repository}@${digest}`;
    const signed = this.#signed.get(name) ?? this.#signOnce(target, digest, sent, onNote);
    this.#signed.set(name, signed);
    return signed;
  }

  async #signOnce(
    target: SignedRepository,
    digest: string,
    sent: boolean,
    onNote: (line: string) => void,
  ): Promise<boolean> {
    const { cosign, key } = await this.#signerOf(target.sign);
    const isCertain = key.in !== 'token' || !sent;
    if (isCertain && (await this.isSigned(target, digest))) return false;
    const { transparencyLog } = target.sign;
    await signImage(cosign, { ...(await this.#accessOf(target, digest)), key, transparencyLog, onNote });
    return true;
  }

  #signerOf({ key }: Signing): Promise<Signer> {
    const found = this.#signers.get(key ?? '') ?? this.#makeSigner(key);
    this.#signers.set(key ?? '', found);
    return found;
  }

  async #makeSigner(variable: string | undefined): Promise<Signer> {
    const { root, signal } = this.#run;
    const key = variable === undefined ? undefined : readSigningKey(root, variable, process.env);
    if (!key && !hasIdentityToken(process.env)) throw noToken();
    this.#cosign ??= findCosign(process.env);
    const cosign = await this.#cosign;
    if (!key || variable === undefined) return { cosign, key: { in: 'token' } };
    return { cosign, key, publicKey: await publicKeyOf(key, variable, process.env, signal) };
  }

  async #accessOf(target: SignedRepository, digest: string) {
    const { access, insecure, signal } = this.#run;
    return {
      reference: `${target.repository}@${digest}`,
      plainHttp: insecure.includes(registryOf(target.repository)),
      configDir: await access.configOf(target),
      environment: process.env,
      signal,
    };
  }
}

function noToken(): EngineError {
  return new EngineError('bad-key', 'there is no identity token on this machine, which `keyless` signs with', {
    hint:
      'on GitHub give the job `permissions: { id-token: write }`, on GitLab an ID token in SIGSTORE_ID_TOKEN; ' +
      'elsewhere sign with a `key`',
  });
}

/** Whether the manifest wants the images of a repository to be signed. */
export function isSignedRepository(target: ActiveRepository): target is SignedRepository {
  return target.sign !== undefined;
}
