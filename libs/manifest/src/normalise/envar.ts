import { isVariableName } from '@nx-image-matrix/diagnostics';

/** Splits `KEY=value`; `undefined` for anything else. */
export function readEnvar(text: string): { name: string; value: string } | undefined {
  const equals = text.indexOf('=');
  const name = text.slice(0, Math.max(equals, 0));
  return isVariableName(name) ? { name, value: text.slice(equals + 1) } : undefined;
}
