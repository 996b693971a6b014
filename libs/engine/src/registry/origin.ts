import { isLoopback } from '@nx-image-matrix/manifest/reference';

/** Where a registry is asked. */
export interface Origin {
  /** As references name it: `docker.io`, `localhost:5000`. */
  registry: string;
  /** `https://registry-1.docker.io` */
  url: URL;
  /** Hosts that may be spoken to in plain HTTP, besides those of this machine. */
  insecure: readonly string[];
}

/** Plain HTTP is spoken to registries on this machine, and to those that are named. */
export function originOf(registry: string, insecure: readonly string[] = []): Origin {
  const plain = isLoopback(registry) || insecure.includes(registry);
  // Docker Hub's API has never been at the name that its images carry.
  const host = registry === 'docker.io' ? 'registry-1.docker.io' : registry;
  return { registry, url: new URL(`${plain ? 'http' : 'https'}://${host}`), insecure };
}
