import { EngineError } from '../errors.ts';
import { ProxyRefusal } from '../http/agents.ts';
import { TooLong } from '../http/request.ts';
import { isObject } from '../unknown.ts';
import { isLoopback } from '@nx-image-matrix/manifest/reference';
import { BadContent } from './manifest.ts';
import { markTransient } from './transient.ts';
import { plainLine } from './words.ts';

/** Nothing answers there, as opposed to an answer that is cut off. */
export class NoAnswer extends EngineError {
  registry = '';
  /** Whether it used up its whole timeout. */
  slow = false;
}

/** Why a registry has not answered, and what to do; transient errors are marked. `timeout` is in milliseconds. */
export function unreachable(registry: string, cause: unknown, timeout?: number): EngineError {
  if (cause instanceof TooLong)
    return new BadContent('registry-failed', `${registry} answers without end: ${cause.message}`);
  const why = timeout === undefined ? innermostMessage(cause) : `no answer within ${Math.ceil(timeout / 1000)} s`;
  if (/header overflow/i.test(why))
    return new EngineError('registry-failed', `${registry} answers with headers without end`);
  const { hint, passes } = judge(registry, why, cause);
  const brokeOff = timeout === undefined && /hang up|reset|aborted|EPIPE|Parse Error/i.test(why);
  const Kind = brokeOff ? EngineError : NoAnswer;
  const error = new Kind('registry-failed', `${registry} cannot be reached: ${why}`, { hint, cause });
  if (error instanceof NoAnswer) {
    error.registry = registry;
    error.slow = timeout !== undefined;
  }
  return passes ? markTransient(error) : error;
}

function judge(registry: string, why: string, cause: unknown): { hint: string; passes: boolean } {
  if (cause instanceof ProxyRefusal || /proxy/i.test(why)) {
    const hint = `check the proxy in HTTPS_PROXY and its login, or name ${registry} in NO_PROXY`;
    return { hint, passes: !(cause instanceof ProxyRefusal) || (cause.status ?? 0) >= 500 };
  }
  if (/certificate|altnames/i.test(why)) {
    return {
      hint:
        'If a private CA has signed it, set NODE_EXTRA_CA_CERTS to a file with the certificate of that CA, or put it ' +
        `into /etc/docker/certs.d/${registry}/ca.crt, where docker looks for it too`,
      passes: false,
    };
  }
  if (/ssl|wrong version|packet length/i.test(why)) {
    return {
      hint: `if ${registry} speaks plain HTTP, name it in the plugin option \`insecureRegistries\``,
      passes: false,
    };
  }
  const hint = isLoopback(registry)
    ? 'is the registry running?'
    : 'check its name, and the network from here; behind a proxy set HTTPS_PROXY';
  return { hint, passes: !/ENOTFOUND|Invalid URL|not an address/i.test(why) };
}

/** Node has the reason in the cause, or in the first of several errors: one per address. */
function innermostMessage(error: unknown): string {
  let inner = error;
  for (let next = causeOf(inner); next; next = causeOf(inner)) inner = next;
  const { message, code } = isObject(inner) ? inner : {};
  return plainLine(String(message || code || inner), 200);
}

function causeOf(error: unknown): unknown {
  if (!isObject(error)) return undefined;
  const { cause, errors } = error;
  return cause || (Array.isArray(errors) ? errors[0] : undefined);
}
