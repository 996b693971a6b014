import type { LiquidScope } from './liquid.ts';

/** Liquid variables that note whether a value made from the release version was read. */
export interface TrackedScope extends LiquidScope {
  /** Whether such a value was read since the last call. */
  takeVersionRead: () => boolean;
}

/**
 * Globals of a Liquid string, also below `image`; made when they are first asked for, since most strings have no Liquid.
 * `versioned` are paths such as `version`, `from` or `args.X`.
 */
export function trackedScope(values: Readonly<Record<string, unknown>>, versioned: ReadonlySet<string>): TrackedScope {
  let variables: Record<string, unknown> | undefined;
  let read = false;
  const onRead = (): void => {
    read = true;
  };
  return {
    variables() {
      variables ??= withImage(() => track(values, '', versioned, onRead));
      return variables;
    },
    text(variable) {
      const value = Object.hasOwn(values, variable) ? values[variable] : undefined;
      if (typeof value !== 'string') return undefined;
      if (versioned.has(variable)) onRead();
      return value;
    },
    takeVersionRead() {
      const result = read;
      read = false;
      return result;
    },
  };
}

function track(
  values: object,
  prefix: string,
  versioned: ReadonlySet<string>,
  onRead: () => void,
): Record<string, unknown> {
  const tracked: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(values)) {
    const path = prefix + name;
    const get = (): unknown => {
      onRead();
      return value;
    };
    if (path === 'args') define(tracked, name, { value: track(value as object, 'args.', versioned, onRead) });
    else define(tracked, name, versioned.has(path) ? { get } : { value });
  }
  return tracked;
}

function withImage(variables: () => Record<string, unknown>): Record<string, unknown> {
  return define(variables(), 'image', { get: variables });
}

function define<T extends object>(object: T, name: string, descriptor: PropertyDescriptor): T {
  return Object.defineProperty(object, name, { enumerable: true, configurable: true, ...descriptor });
}
