import { isTag, parseReference } from '@nx-image-matrix/manifest/reference';
import { EngineError } from '../errors.ts';
import { header } from '../http/request.ts';
import { isObject } from '../unknown.ts';
import type { RegistryRequest, RegistryResponse } from './exchange.ts';
import { BadContent } from './manifest.ts';
import type { ClientOptions, Send } from './transport.ts';
import { createTransport } from './transport.ts';

/** The tags of a repository, and the deletion of images. Every method throws `EngineError`. */
export interface RegistryTags {
  /** All tags of a repository, sorted; none if there is no such repository. */
  list(repository: string): Promise<string[]>;
  /**
   * Deletes an image with all of its tags (OCI distribution specification, "Deleting Manifests").
   * @returns whether there was one.
   * @throws EngineError `unsupported` if the registry deletes no images, `unauthorized`
   */
  remove(repository: string, digest: string): Promise<boolean>;
  /** Checks that images can be deleted, without deleting one. @throws EngineError as `remove` does */
  checkRemoval(repository: string): Promise<void>;
}

/** Tags of one repository. */
const MOST_TAGS = 50_000;
/** Tags of a page. A registry may give fewer, or all. */
const PAGE = 1_000;
/** No content has this digest. */
const NOTHING = `sha256:${'0'.repeat(64)}`;

export function registryTags(options: ClientOptions = {}, ask: Send = createTransport(options)): RegistryTags {
  async function list(repository: string): Promise<string[]> {
    const tags = new Set<string>();
    const request = requestFor(repository, 'tags/list', `the tags of ${repository}`);
    let query: string | undefined = `?n=${PAGE}`;
    while (query !== undefined) {
      const before = tags.size;
      const answer: RegistryResponse | undefined = await ask({
        ...request,
        path: `tags/list${query}`,
      });
      for (const tag of answer ? tagsIn(answer.body, repository) : []) tags.add(tag);
      query = answer && nextPage(answer);
      if (query !== undefined && tags.size === before) {
        throw new BadContent('registry-failed', `${request.registry} lists the tags of ${repository} without an end`);
      }
      if (tags.size > MOST_TAGS) {
        throw new EngineError('registry-failed', `${repository} has more than ${MOST_TAGS} tags`);
      }
    }
    return [...tags].sort();
  }

  async function remove(repository: string, digest: string): Promise<boolean> {
    const { registry } = requestFor(repository, '', '');
    const request = requestFor(repository, `manifests/${digest}`, '');
    try {
      await ask({
        ...request,
        method: 'DELETE',
        what: `${repository}@${digest} was not deleted`,
      });
      return true;
    } catch (error) {
      if (!(error instanceof EngineError)) throw error;
      if (error.status === 404) return false;
      // 400: a registry that takes no DELETE at all.
      if (error.status !== 400 && error.status !== 405 && error.status !== 501) throw error;
      throw new EngineError('unsupported', `${registry} does not delete images: ${error.message}`, {
        hint: hintFor(registry),
        output: error.output,
        status: error.status,
      });
    }
  }

  return {
    list,
    remove,
    checkRemoval: async (repository) => void (await remove(repository, NOTHING)),
  };
}

function requestFor(repository: string, path: string, what: string): RegistryRequest {
  const { registry, repository: name } = parseReference(`${repository}:latest`);
  return {
    method: 'GET',
    registry,
    repository: name,
    path,
    what: `${registry} was asked for ${what}`,
  };
}

/** A registry with no tag left in a repository says `null`. */
function tagsIn(body: Buffer, repository: string): string[] {
  const list = parsed(body)?.['tags'];
  if (list === null) return [];
  if (!Array.isArray(list))
    throw new BadContent('registry-failed', `the registry has no list of tags of ${repository}`);
  return list.map((tag: unknown) => {
    if (typeof tag === 'string' && isTag(tag)) return tag;
    throw new BadContent('registry-failed', `the registry lists something of ${repository} that is not a tag`);
  });
}

function parsed(body: Buffer): Record<string, unknown> | undefined {
  try {
    const document: unknown = JSON.parse(body.toString('utf8'));
    return isObject(document) ? document : undefined;
  } catch {
    return undefined;
  }
}

/**
 * The query of the next page. Only the query counts: registries behind a proxy name themselves wrongly, and another host is
 * never asked.
 */
function nextPage({ url, headers }: RegistryResponse): string | undefined {
  const link = /<([^>]*)>\s*;[^,]*\brel="?next"?/i.exec(header(headers, 'link') ?? '')?.[1];
  if (link === undefined) return undefined;
  if (!URL.canParse(link, url.href))
    throw new BadContent('registry-failed', `${url.host} names a next page that is none`);
  return new URL(link, url).search;
}

function hintFor(registry: string): string {
  if (registry === 'ghcr.io') {
    return 'GitHub deletes images only in its own interface: use its API for packages, such as the action delete-package-versions';
  }
  if (registry === 'docker.io') return 'Docker Hub deletes tags only in its own interface: use its website or its API';
  return `allow deletions at ${registry} (distribution: REGISTRY_STORAGE_DELETE_ENABLED=true), or use a rule for old tags of the registry itself`;
}
