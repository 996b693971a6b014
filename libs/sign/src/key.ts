/** What an image is signed with. */
export type SigningKey =
  /** A private key, as cosign writes it. */
  | { in: 'text'; pem: string }
  /** In a key management service, by URI. */
  | { in: 'service'; uri: string }
  /** An identity token of the machine (keyless). */
  | { in: 'token' };

/** The services that `cosign help sign` lists. */
const uri = /^(?:awskms|azurekms|gcpkms|gitlab|hashivault|k8s):\/\/[\w.:/@+=-]+$/;

/** The two types of private keys that cosign has written so far. */
const privateKey = /^-----BEGIN ENCRYPTED (?:SIGSTORE|COSIGN) PRIVATE KEY-----\r?\n[\w+/=\r\n]+-----END ENCRYPTED/;

/** Whether a text is the URI of a key in a key management service that cosign knows. */
export function isKeyUri(text: string): boolean {
  return uri.test(text);
}

/** Whether a text is a private key as cosign writes it; no key of another program is. */
export function isPrivateKey(text: string): boolean {
  return privateKey.test(text);
}
