import type { Vars } from '../image.ts';
import { dataOf, type Data } from '../yaml/data.ts';
import type { Node } from '../yaml/tree.ts';
import type { Settings } from './settings.ts';

/** Reads the `vars` of settings; images with equal ones share an object. */
export function varsReader(): (settings: Settings) => Vars | undefined {
  const known = new Map<string, Vars>();
  const ofSettings = new WeakMap<Settings, Vars>();
  const values = new Map<Node, Data>();
  const numbers = new Map<Node, number>();
  const numberOf = (node: Node): number => {
    const number = numbers.get(node) ?? numbers.size;
    numbers.set(node, number);
    return number;
  };
  return (settings) => {
    if (settings.vars.size === 0) return undefined;
    let vars = ofSettings.get(settings);
    if (!vars) {
      const key = JSON.stringify([...settings.vars].map(([name, node]) => [name, numberOf(node)]));
      vars =
        known.get(key) ?? Object.fromEntries([...settings.vars].map(([name, node]) => [name, dataOf(node, values)]));
      known.set(key, vars);
      ofSettings.set(settings, vars);
    }
    return vars;
  };
}
