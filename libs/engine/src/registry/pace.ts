import type { IncomingMessage } from 'node:http';
import type { EngineError } from '../errors.ts';
import type { Upload } from '../http/request.ts';
import type { WaitLimit } from '../process/clock.ts';

/** How long to wait for a registry. */
export interface Pace {
  limit: WaitLimit;
  /** Milliseconds for an answer. */
  timeout: number;
  /** The registry's error for one of Node. */
  failed: (error: unknown) => EngineError;
}

/** A large body may stand still for longer than an answer may take: registries write to other stores meanwhile. */
const stall = 3;
/** When all has been sent, a registry may move and hash it before it answers. */
const commit = 15;

/** The same body, with a limit for each wait for the registry; those for whoever makes the content do not count. */
export function sending({ length, content }: Upload, { limit, timeout }: Pace): Upload {
  async function* parts(): AsyncGenerator<Buffer> {
    limit.stop();
    for await (const part of content) {
      limit.start(timeout * stall);
      yield part;
      limit.stop();
    }
    limit.start(timeout * commit);
  }
  return { length, content: parts() };
}

/** The content of an answer, with a limit for each wait for the registry; those for whoever takes it do not count. */
export async function* arriving(response: IncomingMessage, { limit, timeout, failed }: Pace): AsyncGenerator<Buffer> {
  const received: AsyncIterable<Buffer> = response;
  try {
    limit.start(timeout * stall);
    for await (const part of received) {
      limit.stop();
      yield part;
      limit.start(timeout * stall);
    }
  } catch (error) {
    throw failed(error);
  } finally {
    limit.stop();
  }
}
