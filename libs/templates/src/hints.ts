import { suggest } from '@nx-image-matrix/diagnostics';
import type { Image } from '@nx-image-matrix/manifest';
import type { Liquid } from 'liquidjs';

/** The variable, filter or tag that was probably meant. */
export function hintFor(message: string, globals: object, liquid: Liquid): string | undefined {
  const variable = /^undefined variable: (.+)$/.exec(message)?.[1];
  if (variable !== undefined && /^\d+$/.test(variable))
    return "is it a version? One of three numbers is a text: `'1.2.3'`";
  if (variable !== undefined) return didYouMean(nearestVariable(variable, globals));
  const filter = /^undefined filter: (.+)$/.exec(message)?.[1];
  if (filter !== undefined) return didYouMean(suggest(filter, Object.keys(liquid.filters)));
  const tag = /^tag "(.+)" not found$/.exec(message)?.[1];
  if (tag !== undefined) return didYouMean(suggest(tag, Object.keys(liquid.tags)));
  return undefined;
}

/** Only the last part of `distro.nam` is unknown, else LiquidJS would have stopped at an earlier part. */
function nearestVariable(path: string, globals: object): string | undefined {
  const names = path.split('.').slice(0, -1);
  const last = path.slice(path.lastIndexOf('.') + 1);
  let container: unknown = globals;
  for (const name of names) {
    container = isMap(container) && Object.hasOwn(container, name) ? container[name] : undefined;
  }
  const found = isMap(container) ? suggest(last, namesIn(container)) : undefined;
  return found === undefined ? undefined : [...names, found].join('.');
}

/** Hidden variables included; `size` is hidden to be unknown. */
function namesIn(container: object): string[] {
  return Object.getOwnPropertyNames(container).filter((name) => name !== 'size');
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function didYouMean(name: string | undefined): string | undefined {
  return name === undefined ? undefined : `did you mean \`${name}\`?`;
}

/** Why a release type without a template needs one, after the list of existing templates. */
export function hintForType(
  { releaseType, template, childTypes }: Image,
  hint: string | undefined,
): string | undefined {
  const user = template === releaseType ? undefined : `\`${releaseType}\` names it as its \`template\``;
  return [hint, user, reasonFor(releaseType, childTypes)].filter((part) => part !== undefined).join('; ') || undefined;
}

function reasonFor(releaseType: string, childTypes: readonly string[]): string | undefined {
  const children = childTypes.map((name) => `\`${name}\``).join(', ');
  const start = childTypes.length === 1 ? `${children} starts` : `${children} start`;
  if (releaseType !== 'base') return childTypes.length === 0 ? undefined : `${start} from \`${releaseType}\``;
  if (childTypes.length === 0)
    return 'nothing starts from `base` here: set `multistage_image: False`, and there is no base image';
  return `${start} from \`base\`: \`FROM {{ from }}\` is template enough, or set \`multistage_image: False\` to start from \`base_image\` itself`;
}
