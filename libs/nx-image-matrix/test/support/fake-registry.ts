import { createHash } from 'node:crypto';
import { loopbackServer, type Handler, type LoopbackServer } from '../../../engine/src/testing/loopback.ts';

/** A registry that has nothing but indexes. */
export interface FakeRegistry {
  /** `127.0.0.1:40123` */
  address: string;
  /** Requests with logins in clear: `HEAD /v2/debian/manifests/12 me:password`. */
  asked: string[];
  /** Handles a request (true) before the registry does. */
  fault: (...request: Parameters<Handler>) => boolean;
  /** Gives an image, `debian:12`, a new index, and returns its digest. */
  move(name: string, content?: string): string;
  remove(name: string): void;
  close(): void;
}

/** A registry with these images. */
export async function fakeRegistry(...names: string[]): Promise<FakeRegistry> {
  const bodies = new Map<string, string>();
  let moves = 0;
  const server: LoopbackServer = await loopbackServer((request, response, body) => {
    if (registry.fault(request, response, body)) return;
    const [, repository = '', tag = ''] = /^\/v2\/(.*)\/manifests\/(.*)$/.exec(request.url ?? '') ?? [];
    const index = bodies.get(`${repository}:${tag}`);
    if (index === undefined) return void response.writeHead(404).end();
    response.writeHead(200, {
      'content-type': 'application/vnd.oci.image.index.v1+json',
      'docker-content-digest': digestOf(index),
      'content-length': String(Buffer.byteLength(index)),
    });
    response.end(request.method === 'HEAD' ? undefined : index);
  });
  const registry: FakeRegistry = {
    address: server.address,
    asked: server.asked,
    fault: () => false,
    move(name, content = String(++moves)) {
      const index = JSON.stringify({ schemaVersion: 2, manifests: [], annotations: { name, content } });
      bodies.set(name, index);
      return digestOf(index);
    },
    remove: (name) => void bodies.delete(name),
    close: () => server.close(),
  };
  for (const name of names) registry.move(name);
  return registry;
}

function digestOf(text: string): string {
  return `sha256:${createHash('sha256').update(text).digest('hex')}`;
}
