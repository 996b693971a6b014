import type { LiquidScope } from './liquid.ts';

/**
 * Liquid variables that record which arguments were read, and whether a value that uses the release version was read.
 */
export interface TrackedScope extends LiquidScope {
  /** Name of the image, once it is known. */
  image?: string;
  /** Whether such a value was read since the last call. */
  takeVersionRead: () => boolean;
}

/**
 * Globals of a Liquid string, also as `image`; computed on first use, since most strings contain no Liquid. `versioned`
 * has paths such as `version`, `from` or `args.X`. Adds the names of arguments that are read to `readArguments`.
 */
export function trackedScope(
  values: Readonly<Record<string, unknown>>,
  versioned: ReadonlySet<string>,
  readArguments = new Set<string>(),
): TrackedScope {
  let variables: Record<string, unknown> | undefined;
  let read = false;
  const onRead = (path: string): void => {
    if (versioned.has(path)) read = true;
    if (path.startsWith(ARGS)) readArguments.add(path.slice(ARGS.length));
  };
  return {
    ...(typeof values['name'] === 'string' && { image: values['name'] }),
    variables() {
      variables ??= withImage(() => withVars(track(values, '', onRead)));
      return variables;
    },
    text(variable) {
      const value = Object.hasOwn(values, variable) ? values[variable] : undefined;
      if (typeof value !== 'string') return undefined;
      onRead(variable);
      return value;
    },
    takeVersionRead() {
      const result = read;
      read = false;
      return result;
    },
  };
}

const ARGS = 'args.';

/** Variables that are not in a text of all variables. */
const HIDDEN = new Set(['platforms']);

function track(values: object, prefix: string, onRead: (path: string) => void): Record<string, unknown> {
  const tracked: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(values)) {
    const path = prefix + name;
    const get = (): unknown => {
      onRead(path);
      return value;
    };
    if (path === 'args' && typeof value === 'object' && value !== null)
      define(tracked, name, { value: track(value, ARGS, onRead) });
    else define(tracked, name, { get, enumerable: !HIDDEN.has(path) });
  }
  return tracked;
}

function withImage(variables: () => Record<string, unknown>): Record<string, unknown> {
  return define(variables(), 'image', { get: variables });
}

/** An image without `vars` has an empty map of them, which no text of all variables shows. */
function withVars(variables: Record<string, unknown>): Record<string, unknown> {
  return Object.hasOwn(variables, 'vars') ? variables : define(variables, 'vars', { value: {}, enumerable: false });
}

function define<T extends object>(object: T, name: string, descriptor: PropertyDescriptor): T {
  return Object.defineProperty(object, name, { enumerable: true, configurable: true, ...descriptor });
}
