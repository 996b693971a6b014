import { isLoopback } from '@nx-image-matrix/manifest/reference';

/** Where to reach a registry. */
export interface Origin {
  /** As in references: `docker.io`, `localhost:5000`. */
  registry: string;
  /** `https://registry-1.docker.io` */
  url: URL;
  /** Hosts that may be accessed over plain HTTP, besides loopback addresses. */
  insecure: readonly string[];
}

/** Loopback registries, and those that are named, use plain HTTP. */
export function originOf(registry: string, insecure: readonly string[] = []): Origin {
  const plain = isLoopback(registry) || insecure.includes(registry);
  // The API of Docker Hub is not at the host name that its images have.
  const host = registry === 'docker.io' ? 'registry-1.docker.io' : registry;
  return { registry, url: new URL(`${plain ? 'http' : 'https'}://${host}`), insecure };
}
