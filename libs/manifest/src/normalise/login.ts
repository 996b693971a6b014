import type { RegistryLogin } from '../manifest.ts';
import type { Node } from '../yaml/tree.ts';
import { textOf, valueOf } from './read.ts';

/** The keys of an entry of `repository`, and of `staging`, whose values are names of variables. */
export const loginKeys: readonly string[] = ['only_if', 'user', 'pwd'];

/** The login in an entry of `repository`, or in `staging`: names of variables, never their values. */
export function readLogin(node: Node | undefined): RegistryLogin {
  const text = (key: string): string | undefined => textOf(valueOf(node, key))?.text;
  return { onlyIf: text('only_if'), user: text('user'), password: text('pwd') };
}
