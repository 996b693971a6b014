import { ownRegistry, type OwnRegistry } from '../../../engine/src/testing/own-registry.ts';

export const account = { user: 'pusher', password: 'Battery/Staple+42 x' };

/** As `htpasswd -B` writes it. */
const htpasswd = 'pusher:$2b$04$6e1s1Z0N1m60.ntyTf.jI.cvqmv3LU4.yAqZ1xUynagEViZOkr0em\n';

/** A real registry on a free port, with access only for `account`. */
export function loginRegistry(): Promise<OwnRegistry> {
  return ownRegistry({ htpasswd });
}
