import type { Image } from '@nx-image-matrix/manifest';

type Variables = Record<string, unknown>;

/** The variables that a template reads while rendering; values that are only written out are not read. */
export interface Reads {
  /** Names of variables: `from`, and `args` for anything read in it. */
  names: Set<string>;
  /** Names of arguments. */
  args: Set<string>;
  /** Whether one of the values uses the release version. */
  version: boolean;
}

/** The globals of an image's templates: its variables, and the same below `image`. Records what is read. */
export function templateGlobals(image: Image, reads: Reads): Variables {
  const values: Variables & { args: Variables } = { ...image.variables };
  for (const path of image.versioned) watch(values, path.split('.'), () => (reads.version = true));
  values.args = watchedArguments(values.args, reads.args);
  const variables: Variables = {};
  for (const name of Object.keys(values)) {
    const get = (): unknown => {
      reads.names.add(name);
      return values[name];
    };
    Object.defineProperty(variables, name, { get, enumerable: true, configurable: true });
  }
  if (!Object.hasOwn(values, 'vars')) hide(variables, 'vars', {}, reads);
  hide(variables, 'platforms', image.platforms, reads);
  withoutSize(variables);
  const globals: Variables = {};
  Object.defineProperties(globals, Object.getOwnPropertyDescriptors(variables));
  globals['image'] = variables;
  return globals;
}

/** Adds a variable that is not in a text of all variables: the platforms, and the empty `vars` of an image without any. */
function hide(variables: Variables, name: string, value: unknown, { names }: Reads): void {
  const get = (): unknown => {
    names.add(name);
    return value;
  };
  Object.defineProperty(variables, name, { get, enumerable: false, configurable: true });
}

function watchedArguments(args: Variables, read: Set<string>): Variables {
  const watched: Variables = {};
  for (const name of Object.keys(args)) {
    const get = (): unknown => {
      read.add(name);
      return args[name];
    };
    Object.defineProperty(watched, name, { get, enumerable: true, configurable: true });
  }
  return watched;
}

/** Puts a getter at `path`, copying the maps and lists on the way, which other images may share. */
function watch(container: Variables, path: string[], onRead: () => void): void {
  const [name, ...rest] = path;
  const property = name === undefined ? undefined : Object.getOwnPropertyDescriptor(container, name);
  if (name === undefined || property === undefined || property.get) return;
  const value: unknown = property.value;
  if (rest.length === 0) {
    const get = (): unknown => {
      onRead();
      return value;
    };
    Object.defineProperty(container, name, { get, enumerable: true, configurable: true });
  } else if (typeof value === 'object' && value !== null) {
    const copy = Object.defineProperties(
      Array.isArray(value) ? [] : {},
      Object.getOwnPropertyDescriptors(value),
    ) as Variables;
    container[name] = copy;
    watch(copy, rest, onRead);
  }
}

/** Liquid gives every map a `size`; `{{ size }}` would be a number instead of an unknown variable. */
function withoutSize(variables: Variables): void {
  Object.defineProperty(variables, 'size', { value: undefined, enumerable: false });
}
