import { isAlias, isMap, isScalar, isSeq } from 'yaml';
import type { Alias, Scalar, YAMLMap, YAMLSeq } from 'yaml';

/** A map as parsed: with ranges, and with nodes as keys and values. */
export type MapSource = YAMLMap.Parsed;
export type ListSource = YAMLSeq.Parsed;

// The predicates of `yaml` do not narrow to ranges and items, which every parsed node has.

export function isMapSource(node: unknown): node is MapSource {
  return isMap(node);
}

export function isListSource(node: unknown): node is ListSource {
  return isSeq(node);
}

export function isScalarSource(node: unknown): node is Scalar.Parsed {
  return isScalar(node);
}

export function isAliasSource(node: unknown): node is Alias.Parsed {
  return isAlias(node);
}
